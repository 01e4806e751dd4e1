/* 05.1: the answers are what the kernel shows in the chapter's own container, here and now. */
#include "exercise.h"

#include "cleanup.h"
#include "clone.h"
#include "keep.h"
#include "mounts.h"
#include "str.h"

#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* A container of the chapter's. Its files are the host's programs, and a volume of the test's. */
static void describe(struct container *c, const char *volume, const char *script)
{
    const char *const shown[] = { "/usr", "/bin", "/lib", "/lib64" };

    c->root.path = must_strdup(scratch());
    for (size_t i = 0; i < sizeof shown / sizeof *shown; i++)
        if (access(shown[i], F_OK) == 0)
            container_add_mount(c, shown[i], "bind", shown[i], "ro");
    container_add_mount(c, "/volume", "bind", volume, "");
    strv_add(&c->process.args, "/bin/sh");
    strv_add(&c->process.args, "-c");
    strv_add(&c->process.args, script);
    strv_add(&c->process.env, "PATH=/usr/bin:/bin:/usr/sbin:/sbin");
}

/* The exit status of a shell that runs SCRIPT in there. */
static int in_container(const char *volume, const char *script)
{
    const struct isolation *const isolations[] = { &isolate_pids, &isolate_mounts, NULL };
    _cleanup_(container_free) struct container c = { 0 };
    struct error err;
    int status;

    describe(&c, volume, script);
    ck_assert_msg(container_run(&c, isolations, &clone_launcher, &status, &err) == 0, "%s", err.text);
    return status;
}

/* What SCRIPT, in the container, writes to /volume/answer: its first line. */
static const char *said_inside(const char *script)
{
    const char *volume = scratch();
    char *text;

    ck_assert_int_eq(in_container(volume, keep(formatted("(%s) >/volume/answer", script))), 0);
    text = get_file(volume, "answer");
    text[strcspn(text, "\n")] = '\0';
    return text;
}

static const char *yes_or_no(bool is)
{
    return is ? "yes" : "no";
}

static int compare_words(const void *a, const void *b)
{
    return strcasecmp(*(const char *const *)a, *(const char *const *)b);
}

/* The names in TEXT, however they are listed ("pid, mnt", "mnt and pid"), in alphabetical order with one blank between. */
static const char *in_order(const char *text)
{
    char *rest = keep(must_strdup(text)), *words[16], *word;
    struct str sorted = { 0 };
    size_t count = 0;

    while (count < 16 && (word = strsep(&rest, " ,;\t\"'`")) != NULL)
        if (*word && strcmp(word, "and") != 0)
            words[count++] = word;
    qsort(words, count, sizeof *words, compare_words);
    for (size_t i = 0; i < count; i++)
        str_addf(&sorted, "%s%s", i > 0 ? " " : "", words[i]);
    return keep(str_take(&sorted));
}

START_TEST(two_namespaces_are_its_own)
{
    const char *const names[] = { "cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts" };
    struct str own = { 0 };
    const char *got;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *link = keep(formatted("/proc/self/ns/%s", names[i]));
        char outside[64] = "";

        if (readlink(link, outside, sizeof outside - 1) < 0) /* a kernel without this kind */
            continue;
        if (strcmp(said_inside(keep(formatted("readlink %s", link))), outside) != 0)
            str_addf(&own, "%s%s", own.length > 0 ? " " : "", names[i]);
    }
    got = answer("namespaces");
    ck_assert_msg(same_answer(in_order(got), str_text(&own)),
                  "namespaces: wanted which links in /proc/self/ns differ inside, got \"%s\"", got);
    str_free(&own);
}
END_TEST

START_TEST(program_is_number_one)
{
    want_answer("number", said_inside("echo $$"), "what `echo $$` prints inside");
}
END_TEST

START_TEST(memory_is_the_machines)
{
    const char *total = "grep MemTotal /proc/meminfo";
    const struct outcome outside = RUN("sh", "-c", total);
    bool same = strncmp(outside.out, said_inside(total), strcspn(outside.out, "\n")) == 0;

    want_answer("same memory", yes_or_no(same), "whether the two lines of MemTotal are the same");
}
END_TEST

START_TEST(mountinfo_tells_the_place)
{
    const char *place =
        said_inside("while read -r id parent device place point rest; do"
                    " [ \"$point\" = / ] && echo \"$place\"; done </proc/self/mountinfo; true");

    want_answer("place is told", yes_or_no(strcmp(place, "/") != 0 && *place != '\0'),
                "what stands before the / of the root in mountinfo");
}
END_TEST

/* A namespace whose mounts are shared, as the host's are on most machines; and nothing of it gets there. */
static void be_the_host(void)
{
    ck_assert_msg(unshare(CLONE_NEWNS) == 0 && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
                      mount(NULL, "/", NULL, MS_REC | MS_SHARED, NULL) == 0,
                  "the check could not have mounts of its own");
}

static bool wait_for_file(const char *path)
{
    for (int tries = 0; tries < 100 * SLOWDOWN; tries++) {
        if (access(path, F_OK) == 0)
            return true;
        usleep(50 * 1000);
    }
    return false;
}

/* Both sides mount something in the volume, while the other looks. */
struct both_sides {
    bool inner_outside, outer_inside;
};

static struct both_sides mount_on_both_sides(void)
{
    const char *volume = scratch(), *inner = keep(formatted("%s/inner", volume));
    const char *outer = keep(formatted("%s/outer", volume));
    const char *script =
        "mount -t tmpfs tmpfs /volume/inner && : >/volume/inner/file && : >/volume/mounted || exit 2;"
        " while [ ! -e /volume/looked ]; do sleep 0.05; done; [ -e /volume/outer/file ]";
    struct both_sides seen;
    int status;
    pid_t pid;

    be_the_host();
    ck_assert_int_eq(mkdir(inner, 0755), 0);
    ck_assert_int_eq(mkdir(outer, 0755), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0)
        _exit(in_container(volume, script));
    ck_assert_msg(wait_for_file(keep(formatted("%s/mounted", volume))),
                  "the container did not mount in time");
    seen.inner_outside = access(keep(formatted("%s/file", inner)), F_OK) == 0;
    ck_assert_int_eq(mount("tmpfs", outer, "tmpfs", 0, NULL), 0);
    put_file(outer, "file", "");
    put_file(volume, "looked", "");
    ck_assert_msg(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) < 2,
                  "the container did not get so far");
    seen.outer_inside = WEXITSTATUS(status) == 0;
    ck_assert_int_eq(umount2(outer, MNT_DETACH), 0);
    return seen;
}

START_TEST(mount_inside_does_not_show_outside)
{
    want_answer("inner on the host", yes_or_no(mount_on_both_sides().inner_outside),
                "whether findmnt on the host shows inner");
}
END_TEST

START_TEST(mount_outside_does_not_show_inside)
{
    want_answer("outer inside", yes_or_no(mount_on_both_sides().outer_inside),
                "whether `ls /volume/outer` inside shows the file");
}
END_TEST

START_TEST(number_one_ignores_what_it_does_not_handle)
{
    want_answer("status", keep(formatted("%d", in_container(scratch(), "kill -TERM $$; exit 7"))),
                "what `echo $?` prints afterwards");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { two_namespaces_are_its_own, NEED_ROOT, 0 },
        { program_is_number_one, NEED_ROOT, 0 },
        { memory_is_the_machines, NEED_ROOT, 0 },
        { mountinfo_tells_the_place, NEED_ROOT, 0 },
        { mount_inside_does_not_show_outside, NEED_ROOT, 0 },
        { mount_outside_does_not_show_inside, NEED_ROOT, 0 },
        { number_one_ignores_what_it_does_not_handle, NEED_ROOT, 0 },
    };

    return RUN_EXERCISE(tests);
}
