/* /dev: the few devices that every program may have. */
#include "devices.h"
#include "explain.h"
#include "str.h"

#include <errno.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* The numbers are the kernel's, for ever: Documentation/admin-guide/devices.txt. */
static const struct device {
    const char *name;
    unsigned major, minor;
} devices[] = {
    { "null", 1, 3 }, { "zero", 1, 5 },   { "full", 1, 7 },
    { "tty", 5, 0 },  { "random", 1, 8 }, { "urandom", 1, 9 },
};

static const struct link {
    const char *name, *target;
} links[] = {
    { "fd", "/proc/self/fd" },       { "stdin", "/proc/self/fd/0" }, { "stdout", "/proc/self/fd/1" },
    { "stderr", "/proc/self/fd/2" }, { "ptmx", "pts/ptmx" }, /* of the container's own devpts */
};

int make_devices(int dev_fd, struct error *err)
{
    explain(formatted("mknod(\"/dev/null\", S_IFCHR, 1:3)"),
            "and zero, full, tty, random, urandom: no disk, no memory",
            formatted("mknod -m 666 /dev/null c 1 3"));
    for (size_t i = 0; i < sizeof devices / sizeof *devices; i++) {
        dev_t number = makedev(devices[i].major, devices[i].minor);

        if (mknodat(dev_fd, devices[i].name, S_IFCHR | 0666, number) < 0)
            return fail(err, errno, "make /dev/%s", devices[i].name);
    }
    for (size_t i = 0; i < sizeof links / sizeof *links; i++)
        if (symlinkat(links[i].target, dev_fd, links[i].name) < 0)
            return fail(err, errno, "make the link /dev/%s", links[i].name);
    return 0;
}
