/* 07.2: directories that look like a tree of cgroups. */
#include "exercise.h"

#include "cleanup.h"
#include "keep.h"
#include "memory_limit.h"
#include "str.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>
#include <unistd.h>

/* A tree of cgroups, /a/b/c. TOP, A, B and C are what the memory.max of each holds, or NULL for none. */
static const char *tree(const char *top, const char *a, const char *b, const char *c)
{
    const char *const names[] = { "memory.max", "a/memory.max", "a/b/memory.max", "a/b/c/memory.max" };
    const char *const texts[] = { top, a, b, c };
    const char *mount = scratch();

    put_file(mount, "a/b/c/cgroup.procs", "4713\n");
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (texts[i])
            put_file(mount, names[i], texts[i]);
    return mount;
}

/* The answer for OWN in words: "BYTES of CGROUP", "no limit", or what went wrong. */
static const char *limit_of(const char *mount, const char *own)
{
    _cleanup_close_ int fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct memory_limit limit = { 0 };
    struct error err = { 0 };

    if (memory_limit(fd, own, &limit, &err) < 0)
        return shown_error(&err);
    if (limit.cgroup)
        keep(limit.cgroup);
    if (limit.bytes == NO_LIMIT)
        return limit.cgroup ? keep(formatted("no limit, of %s", limit.cgroup)) : "no limit";
    return keep(formatted("%" PRIu64 " of %s", limit.bytes, limit.cgroup ? limit.cgroup : "(null)"));
}

static int error_of(const char *mount, const char *own)
{
    _cleanup_close_ int fd = open(mount, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    struct memory_limit limit = { 0 };
    struct error err = { 0 };

    return memory_limit(fd, own, &limit, &err) < 0 ? err.number : 0;
}

START_TEST(nearest_of_all_is_not_the_smallest)
{
    want_text(limit_of(tree(NULL, "67108864\n", "134217728\n", "268435456\n"), "/a/b/c"), "67108864 of /a");
    want_text(limit_of(tree(NULL, "268435456\n", "67108864\n", "134217728\n"), "/a/b/c"), "67108864 of /a/b");
}
END_TEST

START_TEST(own_limit_may_be_the_smallest)
{
    want_text(limit_of(tree(NULL, "268435456\n", "134217728\n", "67108864\n"), "/a/b/c"),
              "67108864 of /a/b/c");
}
END_TEST

START_TEST(what_is_below_does_not_count)
{
    want_text(limit_of(tree(NULL, "268435456\n", "134217728\n", "67108864\n"), "/a/b"), "134217728 of /a/b");
    want_text(limit_of(tree(NULL, "268435456\n", "134217728\n", "67108864\n"), "/a"), "268435456 of /a");
}
END_TEST

START_TEST(max_is_no_limit)
{
    want_text(limit_of(tree(NULL, "67108864\n", "max\n", "max\n"), "/a/b/c"), "67108864 of /a");
    want_text(limit_of(tree(NULL, "max\n", "max\n", "max\n"), "/a/b/c"), "no limit");
}
END_TEST

START_TEST(missing_file_is_no_limit)
{
    want_text(limit_of(tree(NULL, "67108864\n", NULL, NULL), "/a/b/c"), "67108864 of /a");
    want_text(limit_of(tree(NULL, NULL, NULL, NULL), "/a/b/c"), "no limit");
}
END_TEST

START_TEST(top_of_a_container_counts)
{
    want_text(limit_of(tree("33554432\n", "67108864\n", "max\n", "max\n"), "/a/b/c"), "33554432 of /");
    want_text(limit_of(tree("33554432\n", "67108864\n", "max\n", "max\n"), "/"), "33554432 of /");
    want_text(limit_of(tree(NULL, "67108864\n", "max\n", "max\n"), "/"), "no limit");
}
END_TEST

START_TEST(nothing_is_a_limit_too)
{
    want_text(limit_of(tree(NULL, "67108864\n", "0\n", "max\n"), "/a/b/c"), "0 of /a/b");
}
END_TEST

START_TEST(gigabytes_are_numbers)
{
    want_text(limit_of(tree(NULL, "max\n", "max\n", "8589934592\n"), "/a/b/c"), "8589934592 of /a/b/c");
    want_text(limit_of(tree(NULL, "67108864\n", "max\n", "99999999999999999999999\n"), "/a/b/c"),
              "67108864 of /a");
    want_text(limit_of(tree(NULL, "67108864\n", "max\n", "18446744073709547520\n"), "/a/b/c"),
              "67108864 of /a");
}
END_TEST

START_TEST(nearest_of_equals_is_named)
{
    want_text(limit_of(tree("67108864\n", "67108864\n", "67108864\n", "max\n"), "/a/b/c"),
              "67108864 of /a/b");
}
END_TEST

START_TEST(missing_cgroup_is_an_error)
{
    want_int(error_of(tree(NULL, "67108864\n", "max\n", "max\n"), "/a/elsewhere"), ENOENT);
}
END_TEST

START_TEST(something_else_is_an_error)
{
    want_int(error_of(tree(NULL, "67108864\n", "max\n", "64M\n"), "/a/b/c"), EINVAL);
    want_int(error_of(tree(NULL, "64 MiB\n", "67108864\n", "max\n"), "/a/b/c"), EINVAL);
    want_int(error_of(tree(NULL, "67108864\n", "maximal\n", "max\n"), "/a/b/c"), EINVAL);
    want_int(error_of(tree(NULL, "67108864\n", "max\n", "\n"), "/a/b/c"), EINVAL);
    want_int(error_of(tree(NULL, "67108864\n", "max\n", "-1\n"), "/a/b/c"), EINVAL);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { nearest_of_all_is_not_the_smallest, 0, 0 },
        { own_limit_may_be_the_smallest, 0, 0 },
        { what_is_below_does_not_count, 0, 0 },
        { max_is_no_limit, 0, 0 },
        { missing_file_is_no_limit, 0, 0 },
        { top_of_a_container_counts, 0, 0 },
        { nothing_is_a_limit_too, 0, 0 },
        { gigabytes_are_numbers, 0, 0 },
        { nearest_of_equals_is_named, 0, 0 },
        { missing_cgroup_is_an_error, 0, 0 },
        { something_else_is_an_error, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
