/* 01.2: what a container's ENTRYPOINT and CMD run. */
#include "what_runs.h"

int what_runs(const struct instruction *entrypoint, const struct instruction *cmd, const struct strv *shell,
              struct strv *argv, struct error *err)
{
    /* This is right for CMD in the exec form, and for nothing else. Your part. */
    (void)entrypoint;
    (void)shell;
    (void)err;
    if (cmd)
        strv_add_all(argv, &cmd->args);
    return 0;
}
