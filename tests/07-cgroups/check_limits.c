/* From options to the lines in a cgroup's files: no cgroup is needed for that. */
#include "limits.h"
#include "testing.h"

#include <string.h>

static void assert_takes(option_store *store, const char *argument, int64_t wanted)
{
    struct error err = { 0 };
    int64_t value = 0;

    ck_assert_msg(store(argument, &value, &err) == 0, "%s: %s", argument, err.text);
    ck_assert_msg(value == wanted, "%s: wanted %lld, got %lld", argument, (long long)wanted,
                  (long long)value);
}

static void assert_refuses(option_store *store, const char *argument, const char *words)
{
    struct error err = { 0 };
    int64_t value = 4711;

    ck_assert_msg(store(argument, &value, &err) < 0, "%s was taken as %lld", argument, (long long)value);
    ck_assert_msg(value == 4711, "%s was refused, but stored as %lld", argument, (long long)value);
    ck_assert_contains(err.text, words);
}

START_TEST(memory_is_a_size_of_at_least_6m)
{
    assert_takes(option_memory, "64m", 64 << 20);
    assert_takes(option_memory, "1.5g", INT64_C(3) << 29);
    assert_takes(option_memory, "6291456", 6 << 20);
    assert_takes(option_memory, "0", -1);
    assert_refuses(option_memory, "6291455", "6m");
    assert_refuses(option_memory, "1", "6m");
    assert_refuses(option_memory, "-1", "not a size");
    assert_refuses(option_memory, "", "not a size");
    assert_refuses(option_memory, "64q", "not a size");
    assert_refuses(option_memory, "99999999999999999999", "not a size");
}
END_TEST

START_TEST(memory_swap_is_a_size_or_unlimited)
{
    assert_takes(option_memory_swap, "1g", 1 << 30);
    assert_takes(option_memory_swap, "-1", -1);
    assert_refuses(option_memory_swap, "0", "-1 for no limit");
    assert_refuses(option_memory_swap, "-2", "not a size");
    assert_refuses(option_memory_swap, "x", "not a size");
}
END_TEST

START_TEST(cpus_are_microseconds_in_a_tenth_of_a_second)
{
    assert_takes(option_cpus, "1", 100000);
    assert_takes(option_cpus, "0.5", 50000);
    assert_takes(option_cpus, ".29", 29000);
    assert_takes(option_cpus, "0.01", 1000);
    assert_takes(option_cpus, "0", -1);
    assert_refuses(option_cpus, "0.009", "0.01");
    assert_refuses(option_cpus, "100000", "this machine has");
    assert_refuses(option_cpus, "-1", "not a number of CPUs");
    assert_refuses(option_cpus, "1e1", "not a number of CPUs");
    assert_refuses(option_cpus, "inf", "not a number of CPUs");
    assert_refuses(option_cpus, "0.5.", "not a number of CPUs");
    assert_refuses(option_cpus, "", "not a number of CPUs");
    assert_refuses(option_cpus, ".", "not a number of CPUs");
}
END_TEST

START_TEST(pids_limit_is_a_whole_number)
{
    assert_takes(option_pids_limit, "20", 20);
    assert_takes(option_pids_limit, "0", -1);
    assert_takes(option_pids_limit, "-1", -1);
    assert_refuses(option_pids_limit, "-2", "not a number of processes");
    assert_refuses(option_pids_limit, "20x", "not a number of processes");
    assert_refuses(option_pids_limit, " 20", "not a number of processes");
    assert_refuses(option_pids_limit, "", "not a number of processes");
    assert_refuses(option_pids_limit, "99999999999999999999", "not a number of processes");
}
END_TEST

START_TEST(cpuset_is_a_list_of_numbers_and_ranges)
{
    static const char *const good[] = { "0", "0-2", "0,2", "0-2,7", "10-11,13" };
    static const char *const bad[] = { "", ",", "0,", "0-", "-1", "a", "0 1", "0--1", "0-1-2", "0\n" };
    struct error err = { 0 };
    const char *list = NULL;

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        ck_assert_msg(option_cpuset_cpus(good[i], &list, &err) == 0, "%s: %s", good[i], err.text);
        ck_assert_str_eq(list, good[i]);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(option_cpuset_cpus(bad[i], &list, &err) < 0, "\"%s\" was taken", bad[i]);
        ck_assert_contains(err.text, "not a list of CPUs");
    }
}
END_TEST

START_TEST(io_weights_are_of_two_scales)
{
    assert_takes(option_io_weight, "1", 1);
    assert_takes(option_io_weight, "10000", 10000);
    assert_refuses(option_io_weight, "0", "1 to 10000");
    assert_refuses(option_io_weight, "10001", "1 to 10000");
    assert_takes(option_blkio_weight, "10", 1);
    assert_takes(option_blkio_weight, "500", 4950);
    assert_takes(option_blkio_weight, "1000", 10000);
    assert_refuses(option_blkio_weight, "9", "10 to 1000");
    assert_refuses(option_blkio_weight, "1001", "10 to 1000");
}
END_TEST

/* What RESOURCES come to, a line a limit: "memory.max=1073741824 by default". */
static char *lines_of(const struct resources *resources)
{
    _cleanup_(limits_free) struct limits limits = { 0 };
    struct error err = { 0 };
    struct str text = { 0 };

    ck_assert_msg(limits_of(resources, &limits, &err) == 0, "%s", err.text);
    for (size_t i = 0; i < limits.count; i++)
        str_addf(&text, "%s: %s=%s %s\n", limits.rows[i].controller, limits.rows[i].file,
                 limits.rows[i].value, limits.rows[i].asked ? limits.rows[i].option : "by default");
    return str_take(&text);
}

static void assert_lines(const struct resources *resources, const char *wanted)
{
    _cleanup_free_ char *got = lines_of(resources);

    ck_assert_str_eq(got, wanted);
}

START_TEST(defaults_are_a_gigabyte_and_a_tenth_of_a_cpu)
{
    assert_lines(&(struct resources){ 0 }, "memory: memory.max=1073741824 by default\n"
                                           "memory: memory.swap.max=0 by default\n"
                                           "memory: memory.oom.group=1 by default\n"
                                           "cpu: cpu.max=10000 100000 by default\n");
}
END_TEST

START_TEST(no_limit_writes_nothing)
{
    assert_lines(&(struct resources){ .memory.limit = -1, .cpu.quota = -1, .pids.limit = -1 }, "");
}
END_TEST

START_TEST(each_option_becomes_a_line)
{
    const struct resources all = { .memory = { .limit = 64 << 20, .swap = 96 << 20 },
                                   .cpu = { .quota = 50000, .cpus = "0-1" },
                                   .pids.limit = 20,
                                   .block_io.weight = 50 };

    assert_lines(&all, "memory: memory.max=67108864 --memory\n"
                       "memory: memory.swap.max=33554432 --memory-swap\n"
                       "memory: memory.oom.group=1 by default\n"
                       "cpu: cpu.max=50000 100000 --cpus\n"
                       "pids: pids.max=20 --pids-limit\n"
                       "cpuset: cpuset.cpus=0-1 --cpuset-cpus\n"
                       "io: io.weight=default 50 --io-weight\n");
}
END_TEST

START_TEST(swap_is_what_memory_swap_has_beyond_memory)
{
    _cleanup_free_ char *equal = lines_of(&(struct resources){ .memory = { 64 << 20, 64 << 20 } });
    _cleanup_free_ char *unlimited = lines_of(&(struct resources){ .memory = { 64 << 20, -1 } });
    _cleanup_free_ char *beyond = lines_of(&(struct resources){ .memory.swap = INT64_C(3) << 29 });

    ck_assert_contains(equal, "memory.swap.max=0 --memory-swap\n");
    ck_assert_contains(unlimited, "memory.swap.max=max --memory-swap\n");
    ck_assert_contains(beyond,
                       "memory.max=1073741824 by default\nmemory: memory.swap.max=536870912 --memory-swap\n");
}
END_TEST

START_TEST(memory_swap_below_memory_is_refused)
{
    _cleanup_(limits_free) struct limits limits = { 0 };
    struct error err = { 0 };

    ck_assert_int_lt(limits_of(&(struct resources){ .memory = { 64 << 20, 32 << 20 } }, &limits, &err), 0);
    ck_assert_contains(err.text, "at least the 64 MiB");
    ck_assert_int_lt(limits_of(&(struct resources){ .memory = { -1, 32 << 20 } }, &limits, &err), 0);
    ck_assert_contains(err.text, "it needs one by --memory");
}
END_TEST

START_TEST(sizes_are_printed_in_the_unit_that_fits)
{
    static const struct {
        int64_t bytes;
        const char *text;
    } rows[] = { { 0, "0 bytes" },
                 { 1023, "1023 bytes" },
                 { 1024, "1 KiB" },
                 { 1536, "1.5 KiB" },
                 { 64 << 20, "64 MiB" },
                 { INT64_C(3) << 29, "1.5 GiB" },
                 { INT64_C(1) << 40, "1 TiB" },
                 { INT64_C(1) << 60, "1048576 TiB" } };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        _cleanup_free_ char *text = bytes_text(rows[i].bytes);

        ck_assert_str_eq(text, rows[i].text);
    }
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { memory_is_a_size_of_at_least_6m, 0, 0 },
        { memory_swap_is_a_size_or_unlimited, 0, 0 },
        { cpus_are_microseconds_in_a_tenth_of_a_second, 0, 0 },
        { pids_limit_is_a_whole_number, 0, 0 },
        { cpuset_is_a_list_of_numbers_and_ranges, 0, 0 },
        { io_weights_are_of_two_scales, 0, 0 },
        { defaults_are_a_gigabyte_and_a_tenth_of_a_cpu, 0, 0 },
        { no_limit_writes_nothing, 0, 0 },
        { each_option_becomes_a_line, 0, 0 },
        { swap_is_what_memory_swap_has_beyond_memory, 0, 0 },
        { memory_swap_below_memory_is_refused, 0, 0 },
        { sizes_are_printed_in_the_unit_that_fits, 0, 0 },
    };

    return RUN_TESTS("07-cgroups/limits", tests, argc, argv);
}
