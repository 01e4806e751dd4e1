/* 05.3: a directory in a second place, to read only. */
#include "bind_readonly.h"

#include "cleanup.h"

#include <errno.h>
#include <sys/mount.h>
#include <sys/statvfs.h>

/* Add to *FLAGS what the mount on POINT forbids already, as mount(2) takes it. */
static int flags_to_keep(const char *point, unsigned long *flags, struct error *err)
{
    static const struct {
        unsigned long has, keep;
    } table[] = { { ST_NOSUID, MS_NOSUID }, { ST_NODEV, MS_NODEV }, { ST_NOEXEC, MS_NOEXEC } };
    struct statvfs now;

    if (statvfs(point, &now) < 0)
        return fail(err, errno, "look at the mount on %s", point);
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        if (now.f_flag & table[i].has)
            *flags |= table[i].keep;
    return 0;
}

/* This one mount. Without MS_BIND it would be the file system, for everybody. */
static int make_readonly(const char *point, struct error *err)
{
    unsigned long flags = 0;

    if (flags_to_keep(point, &flags, err) < 0)
        return -1;
    if (mount(NULL, point, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY | flags, NULL) < 0)
        return fail(err, errno, "make the mount on %s read-only", point);
    return 0;
}

static int make_all_readonly(const char *target, struct error *err)
{
    _cleanup_strv_ struct strv points = { 0 };

    if (mounts_below(target, &points, err) < 0)
        return -1;
    for (size_t i = 0; i < points.count; i++)
        if (make_readonly(points.items[i], err) < 0)
            return -1;
    return 0;
}

int bind_readonly(const char *source, const char *target, struct error *err)
{
    if (mount(source, target, NULL, MS_BIND | MS_REC, NULL) < 0)
        return fail(err, errno, "mount %s on %s", source, target);
    if (make_all_readonly(target, err) < 0) {
        umount2(target, MNT_DETACH); /* with all that is below */
        return -1;
    }
    return 0;
}
