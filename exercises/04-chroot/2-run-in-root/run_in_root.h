/* Running a program in another root directory. */
#ifndef RUN_IN_ROOT_H
#define RUN_IN_ROOT_H

/* Run the program ARGV[0], a path inside of the directory ROOT, with the arguments ARGV and the environment ENV (both end
 * with NULL), and wait for its end. The working directory is ROOT, too; the umask is 0022; every signal is at its default
 * action and none is blocked; of the caller's descriptors there are 0, 1 and 2. The caller's own stay as they are.
 * Returns what gocker would exit with: the program's status, 128 plus the signal that ended it, 127 where it was not
 * found, 126 where it cannot be executed, 125 for any other failure. chroot(2), execve(2), waitpid(2). */
int run_in_root(const char *root, char *const argv[], char *const env[]);

#endif
