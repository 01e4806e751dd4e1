/* 01.2: what a container's ENTRYPOINT and CMD run. */
#include "what_runs.h"

/* Does INSTRUCTION say anything? CMD [] takes back what was said before, and CMD alone is as empty. */
static bool is_set(const struct instruction *instruction)
{
    return instruction && instruction->args.count > 0;
}

/* Append what INSTRUCTION runs on its own: the shell form is a text that a shell has to read first. */
static void add_command(const struct instruction *instruction, const struct strv *shell, struct strv *argv)
{
    if (!instruction->exec_form)
        strv_add_all(argv, shell);
    strv_add_all(argv, &instruction->args);
}

int what_runs(const struct instruction *entrypoint, const struct instruction *cmd, const struct strv *shell,
              struct strv *argv, struct error *err)
{
    if (!is_set(entrypoint) && !is_set(cmd))
        return fail(err, 0, "nothing to run: neither ENTRYPOINT nor CMD names a program");
    if (is_set(entrypoint))
        add_command(entrypoint, shell, argv);
    /* What follows `sh -c TEXT` would become the parameters $0, $1 ... of TEXT, and not arguments of the program
     * in it: so behind the shell form there is no place for CMD. */
    /* Behind the exec form CMD gives arguments, and a CMD in the shell form gives these three: /bin/sh, -c and its text.
     * `ENTRYPOINT ["server", "-v"]` with `CMD all day` asks the server for something called /bin/sh. No shell ever runs.
     * Its author wanted CMD ["all", "day"]. */
    if (is_set(cmd) && (!is_set(entrypoint) || entrypoint->exec_form))
        add_command(cmd, shell, argv);
    return 0;
}
