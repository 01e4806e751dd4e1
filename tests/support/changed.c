/* Tests of earlier chapters that a later chapter changes on purpose: the whole list. */
#include "changed.h"

#include <string.h>

const struct change changes[] = {
    { "04-chroot/run", "exit_status_is_128_plus_the_signal", "05-proc", "05-proc",
      "the program is process 1 of its namespace, and no signal from inside ends that one" },
    { "04-chroot/run", "a_signal_that_the_program_does_not_handle_ends_it", "05-proc", "05-proc",
      "the program is process 1 of its namespace, which gets no signal that it does not handle" },
    { "04-chroot/run", "volume_is_refused", "05-proc", NULL, "VOLUME is there" },
    { "04-chroot/run", "each_step_is_explained_when_asked_for", "05-proc", NULL,
      "clone3 and pivot_root stand in the place of fork and chroot" },
    { "04-chroot/run", "standard_input_is_the_programs", "06-init", NULL,
      "as in docker run, standard input is the program's with -i only" },
    { "05-proc/processes", "the_program_is_process_1", "06-init", NULL, "process 1 is init" },
    { 0 },
};

const struct change *change_find(const char *suite, const char *test, const char *binary)
{
    const char *slash = binary ? strrchr(binary, '/') : NULL, *chapter = slash ? slash + 1 : binary;

    for (const struct change *c = changes; chapter && c->suite; c++)
        if (strcmp(c->suite, suite) == 0 && strcmp(c->test, test) == 0 && strcmp(chapter, c->from) >= 0 &&
            (!c->until || strcmp(chapter, c->until) <= 0))
            return c;
    return NULL;
}
