/* Mistake: what cannot be written is taken for sealed, and may still be cut off. Rejected by program_runs_from_a_sealed_copy. */
#include "start_sealed.h"

#include "cleanup.h"
#include "fs.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <sys/mman.h>

#define ALL_SEALS (F_SEAL_WRITE | F_SEAL_SEAL)

/* Does the file of FD have all four seals? A file that cannot have any is an error to fcntl (EINVAL), and to us a no. */
static bool is_sealed(int fd)
{
    int seals = fcntl(fd, F_GET_SEALS);

    return seals >= 0 && (seals & ALL_SEALS) == ALL_SEALS;
}

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
    if (is_sealed(self))
        return 0;
    copy = sealed_copy(self, err);
    if (copy < 0)
        return -1;
    /* Both descriptors are close-on-exec. The kernel holds the file that a process executes without one. */
    fexecve(copy, argv, environ);
    return fail(err, errno, "execute the copy");
}
