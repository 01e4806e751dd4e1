/* 05.2: lines as kernels write them, and the lines of this one. */
#include "exercise.h"

#include "keep.h"
#include "mount_line.h"
#include "str.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct mount_line parsed(const char *line)
{
    struct mount_line found = { 0 };
    struct error err = { 0 };

    ck_assert_msg(mount_line_parse(line, &found, &err) == 0, "\"%s\": wanted 0, got -1: %s", line, err.text);
    keep(found.root);
    keep(found.point);
    keep(found.options);
    keep(found.type);
    keep(found.source);
    return found;
}

START_TEST(fields_are_in_their_places)
{
    struct mount_line mount =
        parsed("70036 70035 8:1 /srv/data /mnt rw,nosuid shared:70007 - ext4 /dev/sda1 rw,errors=continue\n");

    want_int(mount.id, 70036);
    want_int(mount.parent, 70035);
    want_text(mount.root, "/srv/data");
    want_text(mount.point, "/mnt");
    want_text(mount.options, "rw,nosuid");
    want_int(mount.shared, 70007);
    want_int(mount.master, 0);
    want_text(mount.type, "ext4");
    want_text(mount.source, "/dev/sda1");
}
END_TEST

START_TEST(optional_fields_may_be_none)
{
    struct mount_line mount = parsed("36 35 0:40 / /mnt ro - tmpfs memory ro,size=64k");

    want_int(mount.shared, 0);
    want_int(mount.master, 0);
    want_text(mount.type, "tmpfs");
    want_text(mount.source, "memory");
}
END_TEST

START_TEST(optional_fields_may_be_many)
{
    struct mount_line mount = parsed(
        "36 35 0:40 / /mnt rw unbindable master:70012 propagate_from:2 later:9 shared:345 - tmpfs memory rw");

    want_int(mount.shared, 345);
    want_int(mount.master, 70012);
    want_text(mount.type, "tmpfs");
    want_text(mount.source, "memory");
}
END_TEST

START_TEST(escapes_in_the_point_are_decoded)
{
    want_text(parsed("36 35 0:40 / /two\\040words rw - tmpfs memory rw").point, "/two words");
    want_text(parsed("36 35 0:40 / /\\011\\012\\043\\134 rw - tmpfs memory rw").point, "/\t\n#\\");
}
END_TEST

START_TEST(escapes_in_the_other_texts_are_decoded)
{
    struct mount_line mount =
        parsed("36 35 0:40 /my\\040root /mnt rw - fuse.my\\040own my\\040server:/a\\040b rw");

    want_text(mount.root, "/my root");
    want_text(mount.type, "fuse.my own");
    want_text(mount.source, "my server:/a b");
}
END_TEST

/* The name is a backslash and "040". */
START_TEST(escapes_are_decoded_once)
{
    want_text(parsed("36 35 0:40 / /a\\134040b rw - tmpfs memory rw").point, "/a\\040b");
}
END_TEST

START_TEST(source_may_be_empty)
{
    struct mount_line mount = parsed("36 35 0:40 / /mnt rw - tmpfs  rw,size=64k");

    want_text(mount.type, "tmpfs");
    want_text(mount.source, "");
}
END_TEST

START_TEST(separator_is_the_first_dash)
{
    struct mount_line mount = parsed("36 35 0:40 / /- rw shared:1 - tmpfs - rw");

    want_text(mount.point, "/-");
    want_text(mount.type, "tmpfs");
    want_text(mount.source, "-");
}
END_TEST

START_TEST(missing_field_is_an_error)
{
    const char *const lines[] = { "",
                                  "36 35 0:40 / /mnt",
                                  "36 35 0:40 / /mnt rw",
                                  "36 35 0:40 / /mnt rw shared:1",
                                  "36 35 0:40 / /mnt rw -",
                                  "36 35 0:40 / /mnt rw - tmpfs",
                                  "36 35 0:40 / /mnt rw - tmpfs memory" };

    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        struct mount_line found = { 0 };
        struct error err = { 0 };
        int result = mount_line_parse(lines[i], &found, &err);

        ck_assert_msg(result == -1, "\"%s\": wanted -1, got %d", lines[i], result);
        ck_assert_msg(err.number == EINVAL, "\"%s\": wanted EINVAL, got %s", lines[i], strerror(err.number));
    }
}
END_TEST

START_TEST(lines_of_this_machine_are_read)
{
    FILE *table = fopen("/proc/self/mountinfo", "re");
    char *line = NULL;
    size_t size = 0, roots = 0;

    ck_assert_ptr_nonnull(table);
    while (getline(&line, &size, table) > 0) {
        struct mount_line mount = parsed(line);

        ck_assert_msg(mount.point[0] == '/', "the point: wanted an absolute path, got \"%s\"", mount.point);
        roots += strcmp(mount.point, "/") == 0;
    }
    free(line);
    fclose(table);
    ck_assert_msg(roots > 0, "wanted a mount on /, got none");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { fields_are_in_their_places, 0, 0 },
        { optional_fields_may_be_none, 0, 0 },
        { optional_fields_may_be_many, 0, 0 },
        { escapes_in_the_point_are_decoded, 0, 0 },
        { escapes_in_the_other_texts_are_decoded, 0, 0 },
        { escapes_are_decoded_once, 0, 0 },
        { source_may_be_empty, 0, 0 },
        { separator_is_the_first_dash, 0, 0 },
        { missing_field_is_an_error, 0, 0 },
        { lines_of_this_machine_are_read, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
