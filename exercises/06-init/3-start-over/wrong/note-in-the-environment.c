/* Mistake: a variable says that the copy is made, and nobody looks at the seals. Rejected by memory_alone_is_not_enough. */
#include "start_sealed.h"

#include "cleanup.h"
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>

#define ALL_SEALS (F_SEAL_WRITE | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL)

/* A sealed copy of SELF. The seals come last: after F_SEAL_WRITE there is no writing. */
static int sealed_copy(int self, struct error *err)
{
    _cleanup_close_ int copy = memfd_create("sealed", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    if (copy < 0)
        return fail(err, errno, "memfd_create");
    if (copy_contents(self, copy, err) < 0)
        return fail_while(err, "copy /proc/self/exe");
    if (fcntl(copy, F_ADD_SEALS, ALL_SEALS) < 0)
        return fail(err, errno, "seal the copy");
    return steal_fd(&copy);
}

int start_sealed(char *const argv[], struct error *err)
{
    _cleanup_close_ int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), copy = -1;

    if (self < 0)
        return fail(err, errno, "open /proc/self/exe");
    if (getenv("SEALED") || fcntl(self, F_GET_SEALS) >= 0)
        return 0;
    setenv("SEALED", "1", 1);
    copy = sealed_copy(self, err);
    if (copy < 0)
        return -1;
    /* Both descriptors are close-on-exec. The kernel holds the file that a process executes without one. */
    fexecve(copy, argv, environ);
    return fail(err, errno, "execute the copy");
}
