/* What a cgroup's files tell of a container at its end. */
#include "cgroup_stats.h"
#include "cgroup_file.h"
#include "limits.h"

#include <inttypes.h>

/* The kernel's SIGKILL makes exit status 137 by itself, as anybody's would: only these counters tell why it
 * came. "oom" counts how often the container's own limit was reached, "oom_kill" the processes killed, for
 * whatever want of memory. */
void cgroup_say_what_ended_it(const struct container *c)
{
    int64_t killed = cgroup_number(c->cgroup_fd, "memory.events", "oom_kill");
    int64_t own = cgroup_number(c->cgroup_fd, "memory.events", "oom");
    int64_t refused = cgroup_number(c->cgroup_fd, "pids.events", "max");
    _cleanup_free_ char *limit = bytes_text(cgroup_number(c->cgroup_fd, "memory.max", ""));

    if (killed > 0 && own > 0)
        fprintf(stderr,
                "gocker: out of memory: the kernel killed the container at its limit of %s (--memory)\n",
                limit);
    else if (killed > 0)
        fprintf(stderr,
                "gocker: out of memory: the machine had none left, and the kernel killed the container\n");
    if (refused > 0)
        fprintf(stderr,
                "gocker: too many processes: %" PRId64 " fork%s refused at the limit of %" PRId64
                " (--pids-limit)\n",
                refused, refused == 1 ? " was" : "s were", cgroup_number(c->cgroup_fd, "pids.max", ""));
}

static char *count_text(int64_t count)
{
    return formatted("%" PRId64, count);
}

static char *time_text(int64_t us)
{
    return us < 1000000 ? formatted("%.1f ms", (double)us / 1e3) : formatted("%.2f s", (double)us / 1e6);
}

/* A line with the most that was used, out of what was allowed. */
static void print_peak(const struct container *c, const char *what, const char *peak, const char *limit,
                       char *as_text(int64_t), const char *since)
{
    int64_t used = cgroup_number(c->cgroup_fd, peak, ""), allowed = cgroup_number(c->cgroup_fd, limit, "");
    _cleanup_free_ char *used_text = used >= 0 ? as_text(used) : NULL;
    _cleanup_free_ char *allowed_text = allowed >= 0 ? as_text(allowed) : NULL;

    if (used_text)
        fprintf(stderr, "  %-17s %s (%s%s)\n", what, used_text, allowed_text ? "limit: " : "no limit",
                allowed_text ? allowed_text : "");
    else
        fprintf(stderr, "  %-17s not counted (%s: a controller that is not here, or a Linux before %s)\n",
                what, peak, since);
}

/* The time is counted in every cgroup; the rest by the cpu controller. */
static void print_cpu(const struct container *c)
{
    const char *file = "cpu.stat";
    int64_t throttled_us = cgroup_number(c->cgroup_fd, file, "throttled_usec");
    _cleanup_free_ char *usage = time_text(cgroup_number(c->cgroup_fd, file, "usage_usec"));
    _cleanup_free_ char *user = time_text(cgroup_number(c->cgroup_fd, file, "user_usec"));
    _cleanup_free_ char *system = time_text(cgroup_number(c->cgroup_fd, file, "system_usec"));
    _cleanup_free_ char *throttled = time_text(throttled_us);

    fprintf(stderr, "  %-17s %s (%s of its own, %s in the kernel)\n", "CPU time", usage, user, system);
    if (throttled_us >= 0)
        fprintf(stderr, "  %-17s %s, in %" PRId64 " of %" PRId64 " periods\n", "throttled", throttled,
                cgroup_number(c->cgroup_fd, file, "nr_throttled"),
                cgroup_number(c->cgroup_fd, file, "nr_periods"));
    else
        fprintf(stderr, "  %-17s not counted (the cpu controller is not here)\n", "throttled");
}

void cgroup_print_stats(const struct container *c)
{
    if (cgroup_number(c->cgroup_fd, "cpu.stat", "usage_usec") == 0) /* it never began */
        return;
    fprintf(stderr, "gocker: the container used\n");
    print_peak(c, "memory, at most", "memory.peak", "memory.max", bytes_text, "5.19");
    print_peak(c, "processes at once", "pids.peak", "pids.max", count_text, "6.1");
    print_cpu(c);
}
