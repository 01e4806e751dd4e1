/* 05.2: a line of /proc/PID/mountinfo. */
#include "mount_line.h"

#include "cleanup.h"
#include "str.h"

#include <stdio.h>
#include <stdlib.h>

int mount_line_parse(const char *line, struct mount_line *found, struct error *err)
{
    *found = (struct mount_line){ 0 };
    /* The numbers at the beginning are read. The rest is your part. */
    if (sscanf(line, "%d %d", &found->id, &found->parent) != 2) // NOLINT(cert-err34-c)
        return fail(err, 0, "no line of mountinfo");
    found->root = must_strdup("");
    found->point = must_strdup("");
    found->options = must_strdup("");
    found->type = must_strdup("");
    found->source = must_strdup("");
    return 0;
}

void mount_line_free(struct mount_line *line)
{
    free(line->root);
    free(line->point);
    free(line->options);
    free(line->type);
    free(line->source);
    *line = (struct mount_line){ 0 };
}
