/* The directory a test works in: made before it and removed after it by the process that runs the tests,
 * which outlives a crash. */
#ifndef GOCKER_SCRATCH_H
#define GOCKER_SCRATCH_H

/* Before and after each test, in the runner. They end the program with a message where they fail. */
void scratch_begin(void);
void scratch_end(void);

/* The last part of the test's directory's path, which no other test has at the same time. */
const char *scratch_name(void);

/* End and remove what scratch_cgroup() made. */
void scratch_cgroups_end(void);

/* A mount point below the test's directory, or NULL. The string is overwritten by the next call. */
const char *scratch_mount(void);

#endif
