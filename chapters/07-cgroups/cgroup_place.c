/* Where in the tree of cgroups a container's can be made. */
#include "cgroup_place.h"
#include "cgroup_file.h"
#include "explain.h"
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#define LONGEST_TABLE (16 << 20) /* bytes of /proc/self/mountinfo: some machines have 10,000 mounts */

void cgroup_place_free(struct cgroup_place *place)
{
    free(place->mount);
    free(place->own);
    free(place->path);
    cleanup_close(&place->fd);
    *place = (struct cgroup_place){ .fd = -1 };
}

/* ---- what is mounted, and where we are */

/* mountinfo writes a space in a path as \040, and a few more bytes in the same way. */
static void unescape(char *path)
{
    char *to = path;

    for (; *path; path++)
        if (path[0] == '\\' && strspn(path + 1, "01234567") >= 3) {
            *to++ = (char)((path[1] - '0') << 6 | (path[2] - '0') << 3 | (path[3] - '0'));
            path += 3;
        } else {
            *to++ = *path;
        }
    *to = '\0';
}

/* The first mount of cgroup v2: its mount point, and which directory of the tree is seen there (*ROOT, "/"
 * for all). */
static bool find_mount(const char *mountinfo, char **root, char **point)
{
    _cleanup_free_ char *copy = must_strdup(mountinfo);
    char *rest = copy, *line;

    while ((line = strsep(&rest, "\n"))) {
        const char *type = strstr(line, " - ");

        if (!type || !starts_with(type, " - cgroup2 "))
            continue;
        if (sscanf(line, "%*s %*s %*s %ms %ms", root, point) == 2) {
            unescape(*root);
            unescape(*point);
            return true;
        }
        free(steal_pointer(*root));
    }
    return false;
}

/* Our own cgroup in the tree of version 2: the line without a controller's name. The caller frees it. */
static char *find_own(const char *own_cgroups)
{
    const char *line = own_cgroups;

    while (line && !starts_with(line, "0::")) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return line ? must_strndup(line + 3, strcspn(line + 3, "\n")) : must_strdup("/");
}

/* OWN as seen below a mount of the directory ROOT; "" for the mount's top, and where it is not below it. */
static const char *below_root(const char *own, const char *root)
{
    size_t length = strcmp(root, "/") == 0 ? 0 : strlen(root);

    if (strncmp(own, root, length) != 0 || (own[length] != '/' && own[length] != '\0') || strstr(own, "/.."))
        return "";
    return strcmp(own + length, "/") == 0 ? "" : own + length;
}

int cgroup_place_parse(const char *mountinfo, const char *own_cgroups, struct cgroup_place *place,
                       struct error *err)
{
    _cleanup_free_ char *root = NULL, *own = NULL;

    *place = (struct cgroup_place){ .fd = -1 };
    if (!find_mount(mountinfo, &root, &place->mount))
        return fail(err, 0,
                    "cgroup v2 is not mounted here (mount -t cgroup2 cgroup2 /sys/fs/cgroup, or boot with "
                    "systemd.unified_cgroup_hierarchy=1)");
    own = find_own(own_cgroups);
    place->own = must_strdup(below_root(own, root));
    return 0;
}

/* ---- which one we may write in */

/* Making a cgroup, moving a process into it, and giving it controllers: three files, one right
 * (cgroup-v2.rst, "Model of Delegation"). -1 with errno. */
static int may_write(int fd)
{
    static const char *const names[] = { ".", "cgroup.procs", "cgroup.subtree_control" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (faccessat(fd, names[i], W_OK, AT_EACCESS) < 0)
            return -1;
    return 0;
}

/* Open the cgroup at the first LENGTH bytes of OWN, if we may write there. */
static bool try_place(struct cgroup_place *place, size_t length)
{
    _cleanup_free_ char *path = formatted("%s%.*s", place->mount, (int)length, place->own);
    _cleanup_close_ int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    if (fd < 0 || may_write(fd) < 0)
        return false;
    place->path = steal_pointer(path);
    place->fd = steal_fd(&fd);
    return true;
}

static int no_place(const struct cgroup_place *place, int number, struct error *err)
{
    if (number == EROFS)
        return fail(err, EROFS, "%s cannot be written (a container without --privileged?)", place->mount);
    if (number == EACCES || number == EPERM)
        return fail(err, number,
                    "neither our cgroup %s%s nor one above it is delegated to uid %u (try systemd-run --user "
                    "--scope -p Delegate=yes COMMAND)",
                    place->mount, place->own, geteuid());
    return fail(err, number, "look for a cgroup to write in, at %s%s or above it", place->mount, place->own);
}

int cgroup_place_find(struct cgroup_place *place, struct error *err)
{
    _cleanup_str_ struct str mountinfo = { 0 }, own_cgroups = { 0 };
    size_t length = 0;
    int number;

    *place = (struct cgroup_place){ .fd = -1 };
    if (read_file(AT_FDCWD, "/proc/self/mountinfo", LONGEST_TABLE, &mountinfo, err) < 0 ||
        read_file(AT_FDCWD, "/proc/self/cgroup", LONGEST_TABLE, &own_cgroups, err) < 0 ||
        cgroup_place_parse(str_text(&mountinfo), str_text(&own_cgroups), place, err) < 0)
        return -1;
    while (!try_place(place, length)) {
        number = errno;
        if (place->own[length] == '\0')
            return no_place(place, number, err);
        length += 1 + strcspn(place->own + length + 1, "/");
    }
    return 0;
}

/* ---- controllers */

/* Version 1's lines have controllers' names in the middle: "4:cpu,cpuacct:/". */
bool cgroup_place_v1_has(const char *own_cgroups, const char *controller)
{
    _cleanup_free_ char *copy = must_strdup(own_cgroups);
    char *rest = copy, *line, *name;

    while ((line = strsep(&rest, "\n"))) {
        strsep(&line, ":");
        if (line)
            line[strcspn(line, ":")] = '\0';
        while ((name = strsep(&line, ",")))
            if (strcmp(name, controller) == 0)
                return true;
    }
    return false;
}

static int not_there(const struct cgroup_place *place, const char *controller, struct error *err)
{
    _cleanup_str_ struct str own_cgroups = { 0 };

    if (read_file(AT_FDCWD, "/proc/self/cgroup", LONGEST_TABLE, &own_cgroups, err) == 0 &&
        cgroup_place_v1_has(str_text(&own_cgroups), controller))
        return fail(
            err, 0,
            "the %s controller is not in %s/cgroup.controllers: on this machine it belongs to cgroup v1 "
            "(to change that, boot with systemd.unified_cgroup_hierarchy=1)",
            controller, place->path);
    return fail(err, 0,
                "the %s controller is not in %s/cgroup.controllers: the kernel lacks it, or the cgroup above "
                "does not hand it on",
                controller, place->path);
}

/* PLACE has processes. If that is only us, go below it, to a cgroup that gets no limit. It stays: whoever
 * looks for us later must find us, and a directory with no process in it is in nobody's way. */
static int make_room(const struct cgroup_place *place, struct error *err)
{
    pid_t first = 0;
    int count = cgroup_pids(place->fd, &first, 1);
    _cleanup_free_ char *self = formatted("%d", (int)getpid());
    _cleanup_close_ int fd = -1;

    if (count != 1 || first != getpid())
        return fail(
            err, EBUSY,
            "%d processes are in %s, and only a cgroup without any may give its controllers to those "
            "below it; start gocker in a cgroup of its own (systemd-run --scope -p Delegate=yes COMMAND), "
            "or move them into one below",
            count, place->path);
    explain(formatted("mkdir(\"%s/gocker-host\")", place->path),
            "a cgroup with others below it has no processes: this one moves down",
            formatted("mkdir %s/gocker-host; echo %s >%s/gocker-host/cgroup.procs", place->path, self,
                      place->path));
    if (mkdirat(place->fd, "gocker-host", 0755) < 0 && errno != EEXIST)
        return fail(err, errno, "make the cgroup %s/gocker-host", place->path);
    fd = openat(place->fd, "gocker-host", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return fail(err, errno, "open the cgroup %s/gocker-host", place->path);
    return cgroup_write(fd, "cgroup.procs", self, err);
}

int cgroup_place_enable(const struct cgroup_place *place, const char *controller, struct error *err)
{
    _cleanup_free_ char *change = formatted("+%s", controller);
    int result;

    if (cgroup_has_word(place->fd, "cgroup.subtree_control", controller))
        return 0;
    if (!cgroup_has_word(place->fd, "cgroup.controllers", controller))
        return not_there(place, controller, err);
    explain(formatted("write(\"%s/cgroup.subtree_control\", \"%s\")", place->path, change),
            "the cgroups below may have such limits",
            formatted("echo %s >%s/cgroup.subtree_control", change, place->path));
    result = cgroup_write(place->fd, "cgroup.subtree_control", change, err);
    if (result < 0 && err->number == EBUSY) {
        if (make_room(place, err) < 0)
            return fail_while(err, "the %s controller", controller);
        result = cgroup_write(place->fd, "cgroup.subtree_control", change, err);
    }
    return result < 0 ? fail_while(err, "the %s controller, in %s", controller, place->path) : 0;
}
