/* The first container: a process whose root directory is an image's. */
#include "chroot.h"
#include "explain.h"

#include <errno.h>

/* chroot changes what / means, and nothing else: the working directory stays where it was, outside, and ..
 * leads on from there. So the chdir belongs to it. */
static int enter_chroot(struct container *c, struct error *err)
{
    explain(formatted("chroot(\"%s\")", c->root.path), isolate_chroot.why,
            formatted("chroot %s", c->root.path));
    if (chroot(c->root.path) < 0)
        return fail(err, errno, "chroot to %s", c->root.path);

    explain(formatted("chdir(\"/\")"), "the working directory was outside the new root still", NULL);
    if (chdir("/") < 0)
        return fail(err, errno, "enter the new root");
    return 0;
}

const struct isolation isolate_chroot = {
    .name = "chroot",
    .why = "/ becomes the image's root directory",
    .enter = enter_chroot,
};

static pid_t create_by_fork(const struct launch *launch, struct error *err)
{
    pid_t pid;

    if (launch->clone_flags != 0)
        return fail(err, EINVAL, "fork cannot create namespaces");
    explain(formatted("fork()"), "the container is a process of its own", NULL);
    pid = fork();
    if (pid < 0)
        return fail(err, errno, "fork");
    if (pid == 0)
        container_child(launch); /* never returns */
    return pid;
}

const struct launcher fork_launcher = { .create = create_by_fork };
