/* Mistake: the remount names read-only and forgets what the mount forbade before. Rejected by what_is_forbidden_stays_so. */
#include "bind_readonly.h"

#include "cleanup.h"

#include <errno.h>
#include <sys/mount.h>

/* This one mount. Without MS_BIND it would be the file system, for everybody. */
static int make_readonly(const char *point, struct error *err)
{
    if (mount(NULL, point, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) < 0)
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
