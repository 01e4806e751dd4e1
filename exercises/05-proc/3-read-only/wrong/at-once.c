/* Mistake: MS_RDONLY goes with MS_BIND, where nobody looks at it. Rejected by target_is_read_only. */
#include "bind_readonly.h"

#include <errno.h>
#include <sys/mount.h>

int bind_readonly(const char *source, const char *target, struct error *err)
{
    if (mount(source, target, NULL, MS_BIND | MS_REC | MS_RDONLY, NULL) < 0)
        return fail(err, errno, "mount %s on %s", source, target);
    return 0;
}
