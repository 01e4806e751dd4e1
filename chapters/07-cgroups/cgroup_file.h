/* The files of a cgroup: its whole interface. Each is text, read and written in one go. */
#ifndef GOCKER_CGROUP_FILE_H
#define GOCKER_CGROUP_FILE_H

#include "error.h"
#include "str.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* Write TEXT to FILE of the cgroup that CGROUP_FD is open on. -1 with err, of which the number is the
 * kernel's answer to the value: EINVAL, ERANGE, EBUSY …; ENOENT where there is no such file. */
int cgroup_write(int cgroup_fd, const char *file, const char *text, struct error *err);

/* Read FILE whole. -1 with err; ENOENT where there is no such file. */
int cgroup_read(int cgroup_fd, const char *file, struct str *text, struct error *err);

/* Is WORD one of the words in FILE? False where the file cannot be read. */
bool cgroup_has_word(int cgroup_fd, const char *file, const char *word);

/* The number behind KEY in a file of lines like "oom_kill 1" (memory.events), or in a file that is one
 * number where KEY is "". -1 where either is missing, or the number is "max". */
int64_t cgroup_number(int cgroup_fd, const char *file, const char *key);

/* The processes in the cgroup itself, not in those below it: at most LIMIT pids, 0 for one that our PID
 * namespace does not show. Returns how many there are, or -1. */
int cgroup_pids(int cgroup_fd, pid_t *pids, int limit);

#endif
