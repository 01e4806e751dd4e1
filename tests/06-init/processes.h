/* What the tests of this chapter share: the processes of a container, seen from outside. */
#ifndef GOCKER_PROCESSES_H
#define GOCKER_PROCESSES_H

#include "site.h"
#include "str.h"

#include <ctype.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BINARY binary("06-init")

/* A script that becomes a program which says "ready" and does nothing about signals. (Said by the shell
 * before exec, it would come too early: busybox's catches SIGINT.) */
#define WAIT_FOR_SIGNAL "echo ready >/ready; exec tail -f /ready"

/* Start the shell's SCRIPT in a container of SITE's; a word of OPTION, or NULL. */
static inline struct running *start_script(const struct site *site, const char *option, const char *script)
{
    return option ? START_SITE(site, option, ".", "--", "sh", "-c", script)
                  : START_SITE(site, ".", "--", "sh", "-c", script);
}

/* The same, and wait until it has printed "ready". */
static inline struct running *start_ready(const struct site *site, const char *script)
{
    struct running *r = start_script(site, NULL, script);

    ck_assert_msg(wait_for_output(r, "ready", 20), "the program did not start");
    return r;
}

/* Run SCRIPT by a shell of the host's, "sh" or "bash", in SITE's context; in it, "$0" is gocker. */
static inline struct outcome outside(const struct site *site, const char *shell, const char *script)
{
    return run_how(&site->how, (const char *const[]){ shell, "-c", script, BINARY, NULL });
}

/* The first child of PID, a process of the host's; 0 where there is none. */
static inline pid_t child_of(pid_t pid)
{
    _cleanup_free_ char *path = formatted("/proc/%d/task/%d/children", pid, pid);
    _cleanup_fclose_ FILE *file = fopen(path, "re");
    char line[64] = "";

    if (!file || !fgets(line, sizeof line, file))
        return 0;
    return (pid_t)strtol(line, NULL, 10);
}

/* How many processes of this machine have MARK in their command line. */
static inline int marked(const char *mark)
{
    _cleanup_closedir_ DIR *processes = opendir("/proc");
    struct dirent *entry;
    int count = 0;

    while (processes && (entry = readdir(processes))) {
        char path[300], line[4096];
        ssize_t length;

        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        snprintf(path, sizeof path, "/proc/%s/cmdline", entry->d_name);
        _cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC);
        length = fd < 0 ? -1 : read(fd, line, sizeof line);
        count += length > 0 && memmem(line, (size_t)length, mark, strlen(mark)) != NULL;
    }
    return count;
}

/* A word that is on no other test's command lines: a number of seconds that sleep(1) takes. */
static inline const char *new_mark(void)
{
    static char mark[32];

    snprintf(mark, sizeof mark, "7777.%d", getpid());
    return mark;
}

/* Within a second no process with MARK is left. */
static inline void assert_gone(const char *mark)
{
    for (int tries = 0; marked(mark) > 0 && tries < 100; tries++)
        poll(NULL, 0, 10);
    ck_assert_msg(marked(mark) == 0, "wanted no process of the container left, got %d", marked(mark));
}

/* The state of a process, as proc(5) has it: 'S', 'T', 'Z'; 0 where there is none. */
static inline char state_of(pid_t pid)
{
    _cleanup_free_ char *path = formatted("/proc/%d/stat", pid);
    _cleanup_fclose_ FILE *file = fopen(path, "re");
    char state = 0;

    if (!file || fscanf(file, "%*d (%*[^)]) %c", &state) != 1)
        return 0;
    return state;
}

static inline void expect_state(pid_t pid, char state)
{
    for (int tries = 0; state_of(pid) != state && tries < 500; tries++)
        poll(NULL, 0, 10);
    ck_assert_msg(state_of(pid) == state, "wanted process %d in the state %c, got %c", pid, state,
                  state_of(pid));
}

#endif
