/* Mounts of one's own, almost all of them read-only. */
#include "sandbox.h"
#include "fuzz.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define READ_ONLY 1 /* MOUNT_ATTR_RDONLY; linux/mount.h and sys/mount.h do not go together everywhere */

static void write_text(const char *path, const char *text)
{
    must_hold(fuzz_put_file(path, text, strlen(text)));
}

/* A user namespace lends root's rights to who is not root: over mounts of its own. */
static void enter_namespaces(void)
{
    uid_t uid = geteuid();
    gid_t gid = getegid();
    _cleanup_free_ char *uids = formatted("0 %u 1", uid), *gids = formatted("0 %u 1", gid);

    if (unshare(CLONE_NEWNS | (uid == 0 ? 0 : CLONE_NEWUSER)) < 0) {
        fprintf(stderr, "no sandbox: unshare: %s\n", strerror(errno));
        _exit(FUZZ_SKIPPED);
    }
    if (uid == 0)
        return;
    write_text("/proc/self/setgroups", "deny");
    write_text("/proc/self/gid_map", gids);
    write_text("/proc/self/uid_map", uids);
}

/* mount_setattr(2): SET and CLEAR are attributes of PATH's mount, and of those below with AT_RECURSIVE. */
static int set_attributes(const char *path, unsigned flags, uint64_t set, uint64_t clear)
{
    const uint64_t attributes[] = { set, clear, 0, 0 };

    return (int)syscall(SYS_mount_setattr, AT_FDCWD, path, flags, attributes, sizeof attributes);
}

void sandbox_enter(void)
{
    _cleanup_free_ char *here = getcwd(NULL, 0);

    must_hold(here != NULL);
    enter_namespaces();
    must_hold(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0);
    /* libFuzzer writes its findings below the working directory. */
    must_hold(mount(here, here, NULL, MS_BIND, NULL) == 0 && chdir(here) == 0);
    must_hold(set_attributes("/", AT_RECURSIVE, READ_ONLY, 0) == 0);
    must_hold(set_attributes(".", 0, 0, READ_ONLY) == 0);
    must_hold(mount("tmpfs", SANDBOX, "tmpfs", 0, "size=256m") == 0);

    must_hold(mkdir(SANDBOX "/outside", 0755) == 0 && mkdir(SANDBOX "/outside/full", 0755) == 0);
    write_text(SANDBOX "/outside/canary", "sings\n");
    write_text(SANDBOX "/outside/full/a", "a\n");
    must_hold(symlink("canary", SANDBOX "/outside/b") == 0);
}

static void describe(struct str *text, const char *path)
{
    struct stat st;

    must_hold(lstat(path, &st) == 0);
    str_addf(text, "%s: inode %ju, mode %o, owner %u:%u, %ju links, %jd bytes, changed %jd.%09ld\n", path,
             (uintmax_t)st.st_ino, st.st_mode, st.st_uid, st.st_gid, (uintmax_t)st.st_nlink,
             (intmax_t)st.st_size, (intmax_t)st.st_ctim.tv_sec, st.st_ctim.tv_nsec);
}

char *outside_look(void)
{
    static const char *const paths[] = { "/outside", "/outside/full", "/outside/canary", "/outside/full/a",
                                         "/outside/b" };
    _cleanup_closedir_ DIR *directory = opendir(SANDBOX);
    struct str text = { 0 };

    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++) {
        _cleanup_free_ char *path = formatted(SANDBOX "%s", paths[i]);

        describe(&text, path);
    }
    must_hold(directory != NULL);
    for (const struct dirent *entry; (entry = readdir(directory));)
        if (strcmp(entry->d_name, "root") != 0)
            str_addf(&text, "%s\n", entry->d_name);
    return str_take(&text);
}
