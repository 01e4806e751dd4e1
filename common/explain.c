/* --explain: each step on standard error, as it happens. */
#include "explain.h"
#include "error.h"
#include "str.h"

#include <stdio.h>

static bool enabled;

void explain_enable(void)
{
    enabled = true;
}

bool explain_enabled(void)
{
    return enabled;
}

void explain(char *call, const char *why, char *shell)
{
    _cleanup_free_ char *owned_call = call, *owned_shell = shell;
    _cleanup_free_ char *line = NULL;

    if (!enabled)
        return;
    line = formatted("%-44s # %s%s%s", owned_call, why, owned_shell ? "; by hand: " : "",
                     owned_shell ? owned_shell : "");
    print_escaped(line);
    putc('\n', stderr);
}
