/* 05.3: a tree of file systems in memory, in a mount namespace that nobody else has. */
#include "exercise.h"

#include "bind_readonly.h"
#include "cleanup.h"
#include "keep.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

static bool table_is_broken;

/* The names here are plain, so that nothing has to be decoded. */
int mounts_below(const char *path, struct strv *points, struct error *err)
{
    FILE *table = fopen("/proc/self/mountinfo", "re");
    size_t length = strlen(path), size = 0;
    char *line = NULL, point[256];

    if (!table || table_is_broken) {
        if (table)
            fclose(table);
        return fail(err, EIO, "read /proc/self/mountinfo");
    }
    while (getline(&line, &size, table) > 0)
        if (sscanf(line, "%*s %*s %*s %*s %255s", point) == 1 && strncmp(point, path, length) == 0 &&
            (point[length] == '/' || point[length] == '\0'))
            strv_add(points, point);
    free(line);
    fclose(table);
    return 0;
}

/* The places of a test. */
struct place {
    const char *base, *source, *target;
};

static void mount_memory(const char *path, unsigned long flags)
{
    ck_assert_msg((mkdir(path, 0755) == 0 || errno == EEXIST) &&
                      mount("tmpfs", path, "tmpfs", flags, NULL) == 0,
                  "the check could not mount on %s", path);
}

/* "source", with "below" mounted in it, and "deeper" in that, which forbids some things; and "target" beside it. The mounts
 * are the test's own: nothing of it gets to the host. */
static struct place prepared(void)
{
    const char *base = scratch();
    struct place place = { base, keep(formatted("%s/source", base)), keep(formatted("%s/target", base)) };

    ck_assert_msg(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0,
                  "the check could not have mounts of its own");
    mount_memory(base, 0);
    mount_memory(place.source, 0);
    mount_memory(keep(formatted("%s/below", place.source)), 0);
    mount_memory(keep(formatted("%s/below/deeper", place.source)),
                 MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME);
    put_file(place.source, "file", "in the source\n");
    put_file(place.source, "below/deeper/file", "deeper\n");
    ck_assert_int_eq(mkdir(place.target, 0755), 0);
    return place;
}

/* Take off all of the test's mounts. */
static void finished(struct place place)
{
    ck_assert_int_eq(umount2(place.base, MNT_DETACH), 0);
}

static void bind_to_target(struct place place)
{
    struct error err = { 0 };
    int result = bind_readonly(place.source, place.target, &err);

    ck_assert_msg(result == 0, "bind_readonly: wanted 0, got %d: %s", result, err.text);
}

/* What becomes of a try to make a file in DIRECTORY/BELOW, in words. */
static const char *writing(const char *directory, const char *below)
{
    int fd = open(keep(formatted("%s%s/new", directory, below)), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    if (fd < 0)
        return strerror(errno);
    close(fd);
    return "written";
}

START_TEST(target_is_read_only)
{
    struct place place = prepared();

    bind_to_target(place);
    want_text(get_file(place.target, "file"), "in the source\n");
    want_text(writing(place.target, ""), strerror(EROFS));
    finished(place);
}
END_TEST

START_TEST(what_is_mounted_below_is_there)
{
    struct place place = prepared();

    bind_to_target(place);
    ck_assert_msg(access(keep(formatted("%s/below/deeper/file", place.target)), F_OK) == 0,
                  "wanted the file of a mount below, got %s", strerror(errno));
    finished(place);
}
END_TEST

START_TEST(what_is_mounted_below_is_read_only)
{
    struct place place = prepared();

    bind_to_target(place);
    want_text(writing(place.target, "/below"), strerror(EROFS));
    want_text(writing(place.target, "/below/deeper"), strerror(EROFS));
    finished(place);
}
END_TEST

START_TEST(source_stays_writable)
{
    struct place place = prepared();

    bind_to_target(place);
    want_text(writing(place.source, ""), "written");
    want_text(writing(place.source, "/below"), "written");
    want_text(writing(place.source, "/below/deeper"), "written");
    finished(place);
}
END_TEST

START_TEST(what_is_forbidden_stays_so)
{
    struct place place = prepared();
    struct statvfs is;

    bind_to_target(place);
    ck_assert_int_eq(statvfs(keep(formatted("%s/below/deeper", place.target)), &is), 0);
    ck_assert_msg(is.f_flag & ST_NOSUID, "wanted nosuid as before, got a mount without");
    ck_assert_msg(is.f_flag & ST_NODEV, "wanted nodev as before, got a mount without");
    ck_assert_msg(is.f_flag & ST_NOEXEC, "wanted noexec as before, got a mount without");
    ck_assert_msg(is.f_flag & ST_NOATIME, "wanted noatime as before, got a mount without");
    finished(place);
}
END_TEST

START_TEST(nothing_more_is_forbidden)
{
    struct place place = prepared();
    struct statvfs is;

    bind_to_target(place);
    ck_assert_int_eq(statvfs(place.target, &is), 0);
    ck_assert_msg(!(is.f_flag & (ST_NOSUID | ST_NODEV | ST_NOEXEC)),
                  "the target itself: wanted none of nosuid, nodev, noexec, as the source, got one");
    finished(place);
}
END_TEST

START_TEST(missing_source_is_an_error)
{
    struct place place = prepared();
    struct error err = { 0 };

    want_int(bind_readonly(keep(formatted("%s/nowhere", place.base)), place.target, &err), -1);
    want_int(err.number, ENOENT);
    finished(place);
}
END_TEST

START_TEST(failure_leaves_nothing)
{
    struct place place = prepared();
    struct error err = { 0 };

    table_is_broken = true;
    want_int(bind_readonly(place.source, place.target, &err), -1);
    ck_assert_msg(access(keep(formatted("%s/file", place.target)), F_OK) < 0,
                  "mounts_below fails: wanted an empty target, got the source mounted there");
    finished(place);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { target_is_read_only, NEED_ROOT, 0 },
        { what_is_mounted_below_is_there, NEED_ROOT, 0 },
        { what_is_mounted_below_is_read_only, NEED_ROOT, 0 },
        { source_stays_writable, NEED_ROOT, 0 },
        { what_is_forbidden_stays_so, NEED_ROOT, 0 },
        { nothing_more_is_forbidden, NEED_ROOT, 0 },
        { missing_source_is_an_error, NEED_ROOT, 0 },
        { failure_leaves_nothing, NEED_ROOT, 0 },
    };

    return RUN_EXERCISE(tests);
}
