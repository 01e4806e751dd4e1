/* Mistake: an ENTRYPOINT with nothing behind it starts a shell. Rejected by keyword_alone_counts_as_none. */
#include "what_runs.h"

/* Does INSTRUCTION say anything? CMD [] takes back what was said before. */
static bool is_set(const struct instruction *instruction)
{
    return instruction && !(instruction->exec_form && instruction->args.count == 0);
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
    if (is_set(cmd) && (!is_set(entrypoint) || entrypoint->exec_form))
        add_command(cmd, shell, argv);
    return 0;
}
