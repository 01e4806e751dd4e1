/* A registry that misbehaves, one for a test. */
#include "faultserver.h"

#include "keep.h"
#include "str.h"
#include "testing.h"

#include <limits.h>
#include <string.h>
#include <unistd.h>

/* Beside this program's sources: build/[asan/]tests/NN-name/check_x belongs to tests/support of the tree. */
static const char *server_path(void)
{
    char self[PATH_MAX] = "";
    const char *build;

    ck_assert_msg(readlink("/proc/self/exe", self, sizeof self - 1) > 0, "read /proc/self/exe: %m");
    build = strstr(self, "/build/");
    ck_assert_msg(build, "%s is not in build/", self);
    return keep(formatted("%.*s/tests/support/faultserver.py", (int)(build - self), self));
}

static struct faults serve(const char *directory, const char *scenario)
{
    struct running *server = start(&(struct how){ .timeout_s = 600 },
                                   (const char *const[]){ server_path(), directory, scenario, NULL });
    struct faults faults = { .directory = directory };

    ck_assert_msg(wait_for_output(server, "ready", 20), "the fault server did not start: %s",
                  finish(server).err);
    faults.registry = keep(formatted("127.0.0.1:%s", get_file(directory, "port")));
    faults.image = keep(formatted("%s/app:1", faults.registry));
    return faults;
}

struct faults faults_start(const char *scenario)
{
    return serve(scratch(), scenario);
}

struct faults faults_start_with(const char *manifest, const char *content_type)
{
    const char *directory = scratch();

    if (manifest)
        put_file(directory, "manifest", manifest);
    if (content_type)
        put_file(directory, "content-type", content_type);
    return serve(directory, "good");
}

int faults_count(const struct faults *faults, const char *name, const char *text)
{
    _cleanup_free_ char *log = must_strdup(get_file(faults->directory, name));
    int count = 0;

    for (char *line = strtok(log, "\n"); line; line = strtok(NULL, "\n"))
        count += strstr(line, text) != NULL;
    return count;
}
