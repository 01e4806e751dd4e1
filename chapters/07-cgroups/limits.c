/* From options to the lines that are written into a cgroup's files. */
#include "limits.h"

#include <inttypes.h>
#include <string.h>

#define DEFAULT_MEMORY_BYTES INT64_C(0x40000000) /* 1 GiB */
#define DEFAULT_QUOTA_US     10000               /* a tenth of the period */
#define PERIOD_US            100000              /* the kernel's own default; cpu.max */
#define LEAST_QUOTA_US       1000                /* and its least: a hundredth of a CPU */
#define LEAST_MEMORY_BYTES   (6 << 20)           /* Docker's: a program has to begin in it */

char *bytes_text(int64_t bytes)
{
    static const char *const units[] = { "bytes", "KiB", "MiB", "GiB", "TiB" };
    double number = (double)bytes;
    size_t unit = 0;

    for (; number >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
        number /= 1024;
    return formatted("%.*f %s", number == (double)(int64_t)number ? 0 : 1, number, units[unit]);
}

/* ---- the command line */

int option_memory(const char *argument, void *target, struct error *err)
{
    uint64_t bytes;

    if (!parse_bytes(argument, &bytes))
        return fail(err, 0, "not a size; write for example 512m or 1.5g");
    if (bytes > 0 && bytes < LEAST_MEMORY_BYTES)
        return fail(err, 0, "no container begins in less than 6m");
    *(int64_t *)target = bytes > 0 ? (int64_t)bytes : -1;
    return 0;
}

int option_memory_swap(const char *argument, void *target, struct error *err)
{
    uint64_t bytes;

    if (strcmp(argument, "-1") == 0) {
        *(int64_t *)target = -1;
        return 0;
    }
    if (!parse_bytes(argument, &bytes) || bytes == 0)
        return fail(err, 0, "not a size; write for example 1g, or -1 for no limit");
    *(int64_t *)target = (int64_t)bytes;
    return 0;
}

int option_cpus(const char *argument, void *target, struct error *err)
{
    long there = sysconf(_SC_NPROCESSORS_ONLN);
    double number;
    char *end;

    number = strtod(argument, &end);
    if (*end != '\0' || end == argument || strspn(argument, "0123456789.") != strlen(argument))
        return fail(err, 0, "not a number of CPUs; write for example 0.5");
    if (number != 0 && (number * PERIOD_US < LEAST_QUOTA_US || number > (double)there))
        return fail(err, 0, "the least is 0.01, and this machine has %ld CPU%s", there,
                    there == 1 ? "" : "s");
    *(int64_t *)target = number != 0 ? (int64_t)(number * PERIOD_US + 0.5) : -1;
    return 0;
}

/* A whole number from LEAST to MOST, written in decimal digits, with nothing before or behind them. */
static bool parse_number(const char *text, int64_t least, int64_t most, int64_t *number)
{
    size_t digits = strspn(text, "0123456789");
    int64_t read;

    if (digits == 0 || digits > 18 || text[digits] != '\0')
        return false;
    read = strtoll(text, NULL, 10);
    if (read < least || read > most)
        return false;
    *number = read;
    return true;
}

int option_pids_limit(const char *argument, void *target, struct error *err)
{
    int64_t number;

    if (strcmp(argument, "-1") == 0)
        number = -1;
    else if (!parse_number(argument, 0, INT32_MAX, &number))
        return fail(err, 0, "not a number of processes; -1 is no limit");
    *(int64_t *)target = number > 0 ? number : -1;
    return 0;
}

/* Is TEXT a list such as "0-2,7"? Which CPUs there are, the kernel knows. */
static bool is_list(const char *text)
{
    for (;;) {
        size_t digits = strspn(text, "0123456789");

        if (digits == 0)
            return false;
        text += digits;
        if (*text == '-') {
            digits = strspn(++text, "0123456789");
            if (digits == 0)
                return false;
            text += digits;
        }
        if (*text == '\0')
            return true;
        if (*text++ != ',')
            return false;
    }
}

int option_cpuset_cpus(const char *argument, void *target, struct error *err)
{
    if (!is_list(argument))
        return fail(err, 0, "not a list of CPUs; write for example 0-2,7");
    *(const char **)target = argument;
    return 0;
}

int option_io_weight(const char *argument, void *target, struct error *err)
{
    if (!parse_number(argument, 1, 10000, target))
        return fail(err, 0, "not a weight: 1 to 10000, where 100 is what everybody has");
    return 0;
}

int option_blkio_weight(const char *argument, void *target, struct error *err)
{
    int64_t weight;

    if (!parse_number(argument, 10, 1000, &weight))
        return fail(err, 0, "not a weight: 10 to 1000");
    *(int64_t *)target = 1 + (weight - 10) * 9999 / 990;
    return 0;
}

/* ---- the lines */

/* Takes VALUE, which formatted() made. A file's name begins with its controller's. */
static void add(struct limits *limits, const char *file, char *value, const char *option, bool asked)
{
    struct limit *row = &limits->rows[limits->count++];

    row->controller = must_strndup(file, strcspn(file, "."));
    row->file = file;
    row->value = value;
    row->option = option;
    row->asked = asked;
}

/* As docker run counts: --memory-swap is memory and swap together, where the file wants swap alone. Unlike
 * there, no swap is the default: a gigabyte is then a gigabyte, not two. */
static int add_memory(const struct resources *resources, struct limits *limits, struct error *err)
{
    int64_t memory = resources->memory.limit ? resources->memory.limit : DEFAULT_MEMORY_BYTES;
    int64_t both = resources->memory.swap;
    bool asked = resources->memory.limit != 0;
    _cleanup_free_ char *most = bytes_text(memory);

    if (memory < 0 && both > 0)
        return fail(err, 0, "--memory-swap is a limit on memory and swap together: it needs one by --memory");
    if (both > 0 && both < memory)
        return fail(err, 0, "--memory-swap is memory and swap together: at least the %s of memory", most);
    if (memory < 0)
        return 0;
    add(limits, "memory.max", formatted("%" PRId64, memory), "--memory", asked);
    if (both < 0)
        add(limits, "memory.swap.max", formatted("max"), "--memory-swap", true);
    else
        add(limits, "memory.swap.max", formatted("%" PRId64, both > 0 ? both - memory : 0), "--memory-swap",
            both > 0);
    /* All of it or nothing: a container that lost one process, chosen by size, would go on without. */
    add(limits, "memory.oom.group", formatted("1"), "--memory", false);
    return 0;
}

int limits_of(const struct resources *resources, struct limits *limits, struct error *err)
{
    int64_t quota = resources->cpu.quota ? resources->cpu.quota : DEFAULT_QUOTA_US;

    *limits = (struct limits){ 0 };
    if (add_memory(resources, limits, err) < 0)
        return -1;
    if (quota > 0)
        add(limits, "cpu.max", formatted("%" PRId64 " %d", quota, PERIOD_US), "--cpus",
            resources->cpu.quota != 0);
    if (resources->pids.limit > 0)
        add(limits, "pids.max", formatted("%" PRId64, resources->pids.limit), "--pids-limit", true);
    if (resources->cpu.cpus)
        add(limits, "cpuset.cpus", formatted("%s", resources->cpu.cpus), "--cpuset-cpus", true);
    if (resources->block_io.weight > 0)
        add(limits, "io.weight", formatted("default %" PRId64, resources->block_io.weight), "--io-weight",
            true);
    return 0;
}

void limits_free(struct limits *limits)
{
    for (size_t i = 0; i < limits->count; i++) {
        free(limits->rows[i].controller);
        free(limits->rows[i].value);
    }
    limits->count = 0;
}
