/* Cgroups for tests to work in, as scratch() has directories. */
#include "scratch.h"

#include "fs.h"
#include "keep.h"
#include "str.h"
#include "testing.h"

#include <dirent.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#define END_TRIES 1000 /* of 10 ms each */

const char *cgroup_mount(void)
{
    static const char *const places[] = { "/sys/fs/cgroup/unified", "/sys/fs/cgroup" };
    struct statfs fs;

    for (size_t i = 0; i < sizeof places / sizeof *places; i++)
        if (statfs(places[i], &fs) == 0 && fs.f_type == CGROUP2_SUPER_MAGIC && access(places[i], W_OK) == 0)
            return places[i];
    return NULL;
}

/* The names of a test's cgroups begin with that of its directory, which is like no other's. */
const char *scratch_cgroup(void)
{
    static unsigned count;
    char *path = keep(formatted("%s/%s-%u", cgroup_mount(), scratch_name(), count++));

    ck_assert_msg(mkdir(path, 0755) == 0, "make the cgroup %s: %m", path);
    return path;
}

/* Not by the code under test. */
static void end_processes(int fd)
{
    struct error err;

    for (int tries = 0; tries < END_TRIES; tries++) {
        _cleanup_close_ int kill_fd = openat(fd, "cgroup.kill", O_WRONLY | O_CLOEXEC);
        _cleanup_str_ struct str events = { 0 };

        if (kill_fd < 0 || read_file(fd, "cgroup.events", 4096, &events, &err) < 0 ||
            strstr(str_text(&events), "populated 0") || write(kill_fd, "1", 1) < 0)
            return;
        usleep(10000);
    }
}

static void remove_cgroup(int parent_fd, const char *name)
{
    _cleanup_close_ int fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *list = fd < 0 ? NULL : fdopendir(fcntl(fd, F_DUPFD_CLOEXEC, 0));
    struct dirent *entry;

    if (!list)
        return;
    end_processes(fd);
    while ((entry = readdir(list)))
        if (entry->d_type == DT_DIR && entry->d_name[0] != '.')
            remove_cgroup(fd, entry->d_name);
    if (unlinkat(parent_fd, name, AT_REMOVEDIR) < 0)
        perror(name);
}

void scratch_cgroups_end(void)
{
    const char *tree = cgroup_mount();
    _cleanup_closedir_ DIR *list = tree ? opendir(tree) : NULL;
    _cleanup_free_ char *prefix = formatted("%s-", scratch_name());
    struct dirent *entry;

    while (list && (entry = readdir(list)))
        if (starts_with(entry->d_name, prefix))
            remove_cgroup(dirfd(list), entry->d_name);
}
