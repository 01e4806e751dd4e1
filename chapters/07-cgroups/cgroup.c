/* A share of the machine: the container's processes are in a cgroup, and the cgroup has limits. */
#include "cgroup.h"
#include "cgroup_file.h"
#include "cgroup_place.h"
#include "cgroup_remove.h"
#include "cgroup_stats.h"
#include "explain.h"
#include "limits.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>

/* ---- before the process exists */

/* A new cgroup, locked. Nobody but us may open it for reading, or any user could hold the lock, and it
 * would stay for ever. */
static int create_cgroup(const struct cgroup_place *place, struct container *c, struct error *err)
{
    _cleanup_free_ char *path = formatted("%s/gocker-%s", place->path, c->id);
    const char *name = path + strlen(place->path) + 1;
    int fd = -1;

    explain(formatted("mkdir(\"%s\")", path), isolate_cgroup.why, formatted("mkdir %s", path));
    for (int tries = 0; fd < 0 && tries < 10; tries++) { /* another gocker may take it for a leftover */
        if (mkdirat(place->fd, name, 0711) < 0 && errno != EEXIST)
            return fail(err, errno, "make the cgroup %s", path);
        fd = cgroup_lock(place->fd, name, LOCK_EX);
    }
    if (fd < 0)
        return fail(err, errno, "lock the cgroup %s", path);
    c->cgroup_fd = fd;
    c->cgroup_path = steal_pointer(path);
    return 0;
}

/* The kernel refuses CPUs that the machine has not, and of those that it has it gives what the cgroups
 * above have. */
static int set_cpus(const struct container *c, const char *list, struct error *err)
{
    _cleanup_str_ struct str asked = { 0 }, got = { 0 };
    int result = cgroup_write(c->cgroup_fd, "cpuset.cpus", list, err);

    if (result < 0 && err->number != ERANGE && err->number != EINVAL)
        return -1;
    if (cgroup_read(c->cgroup_fd, "cpuset.cpus", &asked, err) < 0 ||
        cgroup_read(c->cgroup_fd, "cpuset.cpus.effective", &got, err) < 0)
        return -1;
    if (result < 0 || strcmp(str_text(&asked), str_text(&got)) != 0)
        return fail(err, 0, "of the CPUs %s only %.*s can be had", list, (int)strcspn(str_text(&got), "\n"),
                    str_text(&got));
    return 0;
}

static int set_limit(const struct cgroup_place *place, const struct container *c, const struct limit *limit,
                     struct error *err)
{
    int result;

    if (cgroup_place_enable(place, limit->controller, err) < 0)
        return -1;
    explain(formatted("write(\"%s/%s\", \"%s\")", c->cgroup_path, limit->file, limit->value),
            limit->asked ? limit->option : "by default",
            formatted("echo %s >%s/%s", limit->value, c->cgroup_path, limit->file));
    result = strcmp(limit->file, "cpuset.cpus") == 0
                 ? set_cpus(c, limit->value, err)
                 : cgroup_write(c->cgroup_fd, limit->file, limit->value, err);
    if (result < 0 && err->number == ENOENT && !limit->asked)
        return 0; /* there is no swap to limit, or the kernel has no memory.oom.group yet */
    return result < 0 ? fail_while(err, "%s", c->cgroup_path) : 0;
}

static int find_and_create(struct cgroup_place *place, struct container *c, struct error *err)
{
    if (cgroup_place_find(place, err) < 0)
        return -1;
    cgroup_remove_leftovers(place->fd);
    return create_cgroup(place, c, err);
}

static int prepare_cgroup(struct container *c, struct error *err)
{
    _cleanup_(limits_free) struct limits limits = { 0 };
    _cleanup_(cgroup_place_free) struct cgroup_place place = { .fd = -1 };
    _cleanup_str_ struct str missing = { 0 };
    struct error why, first;
    bool has_cgroup;

    if (limits_of(&c->resources, &limits, err) < 0)
        return -1;
    has_cgroup = find_and_create(&place, c, &why) == 0;
    for (size_t i = 0; i < limits.count; i++) {
        const struct limit *limit = &limits.rows[i];

        if (has_cgroup && set_limit(&place, c, limit, &why) == 0)
            continue;
        if (limit->asked) {
            *err = why;
            return fail_while(err, "%s", limit->option);
        }
        if (missing.length == 0)
            first = why;
        if (!strstr(str_text(&missing), limit->controller))
            str_addf(&missing, "%s%s", missing.length > 0 ? " and " : "", limit->controller);
    }
    if (missing.length > 0 && !c->quiet)
        warn("the container runs without the default limit on %s: %s", missing.text, first.text);
    if (c->stats && !has_cgroup)
        warn("--stats: without a cgroup nothing is counted: %s", why.text);
    return 0;
}

/* ---- while the process waits */

/* Where the launcher could not create it there. No instruction of the program has run yet, but the memory
 * that the process has by now stays ours. */
static int attach_cgroup(struct container *c, pid_t pid, struct error *err)
{
    _cleanup_free_ char *text = formatted("%d", (int)pid);

    if (c->cgroup_fd <= 0 || cgroup_has_word(c->cgroup_fd, "cgroup.procs", text))
        return 0;
    explain(formatted("write(\"%s/cgroup.procs\", \"%s\")", c->cgroup_path, text),
            "clone3 could not begin it there", formatted("echo %s >%s/cgroup.procs", text, c->cgroup_path));
    if (cgroup_write(c->cgroup_fd, "cgroup.procs", text, err) < 0)
        return fail_while(err, "%s", c->cgroup_path);
    return 0;
}

/* ---- after it ended */

static void release_cgroup(struct container *c)
{
    struct error err;

    if (c->cgroup_fd <= 0)
        return;
    if (cgroup_kill(c->cgroup_fd, &err) < 0)
        warn("%s: %s", c->cgroup_path, err.text);
    cgroup_say_what_ended_it(c);
    if (c->stats)
        cgroup_print_stats(c);
    explain(formatted("rmdir(\"%s\")", c->cgroup_path), "nothing of it stays",
            formatted("rmdir %s", c->cgroup_path));
    if (cgroup_remove(AT_FDCWD, c->cgroup_path, &err) < 0)
        warn("%s", err.text);
    close(c->cgroup_fd); /* and the lock goes */
    c->cgroup_fd = 0;
}

static const struct option_spec options[] = {
    { 'm', "memory", "SIZE", "at most so much memory (default: 1g; 0: no limit)", option_memory,
      offsetof(struct container, resources.memory.limit) },
    { 0, "memory-swap", "SIZE", "at most so much memory and swap together (default: no swap; -1: no limit)",
      option_memory_swap, offsetof(struct container, resources.memory.swap) },
    { 0, "cpus", "NUMBER", "as much time as so many CPUs have (default: 0.1; 0: no limit)", option_cpus,
      offsetof(struct container, resources.cpu.quota) },
    { 0, "cpuset-cpus", "LIST", "on these CPUs only: 0-2,7", option_cpuset_cpus,
      offsetof(struct container, resources.cpu.cpus) },
    { 0, "pids-limit", "NUMBER", "at most so many processes and threads (default: no limit)",
      option_pids_limit, offsetof(struct container, resources.pids.limit) },
    { 0, "io-weight", "NUMBER", "its share where disks are busy, 1 to 10000 (everybody's: 100)",
      option_io_weight, offsetof(struct container, resources.block_io.weight) },
    { 0, "blkio-weight", "NUMBER", "the same, from Docker's 10 to 1000", option_blkio_weight,
      offsetof(struct container, resources.block_io.weight) },
    { 0, "stats", NULL, "at the end, print what the container used", option_flag,
      offsetof(struct container, stats) },
    { 0 },
};

const struct isolation isolate_cgroup = {
    .name = "cgroup",
    .why = "its processes are counted together, and limited together",
    .prepare = prepare_cgroup,
    .attach = attach_cgroup,
    .release = release_cgroup,
    .options = options,
};
