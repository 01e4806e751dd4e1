/* A registry that misbehaves, one for a test. */
#include "faultserver.h"

#include "keep.h"
#include "str.h"
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
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
    faults.server = server;
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

void faults_stop(struct faults *faults)
{
    kill(running_pid(faults->server), SIGTERM);
    finish(faults->server);
}

/* ---- pulls */

struct outcome pull_again(const struct pulled *pulled, const char *store, const char *env)
{
    const char *const all[] = { "GOCKER_STALL_SECONDS=2", "DOCKER_CONFIG=/nonexistent", env, NULL };
    const char *const argv[] = { binary("02-pull"), "pull", "--store", store, pulled->faults.image, NULL };

    return run_how(&(struct how){ .env = all }, argv);
}

struct pulled pull_scenario(const char *scenario)
{
    struct pulled pulled = { .faults = faults_start(scenario), .store = scratch() };

    pulled.outcome = pull_again(&pulled, pulled.store, NULL);
    return pulled;
}

struct pulled pull_manifest(const char *manifest, const char *content_type)
{
    struct pulled pulled = { .faults = faults_start_with(manifest, content_type), .store = scratch() };

    pulled.outcome = pull_again(&pulled, pulled.store, NULL);
    return pulled;
}

void pulled_end(struct pulled *pulled)
{
    faults_stop(&pulled->faults);
}

int files_in(const char *store, const char *name)
{
    _cleanup_free_ char *command = formatted("find %s/%s -type f | wc -l", store, name);

    return (int)strtol(RUN("sh", "-c", command).out, NULL, 10);
}

void assert_pulled(const struct pulled *pulled)
{
    ck_assert_msg(pulled->outcome.status == 0, "wanted a pull that succeeds, got exit status %d:\n%s",
                  pulled->outcome.status, pulled->outcome.err);
    ck_assert_int_eq(files_in(pulled->store, "blobs"), 5); /* manifest, config, three layers */
    ck_assert_int_eq(files_in(pulled->store, ".partial"), 0);
}

void assert_failed(const struct pulled *pulled, const char *because)
{
    _cleanup_free_ char *command =
        formatted("cd %s/blobs/sha256 && for f in *; do "
                  "[ ! -e $f ] || echo \"$f  $f\" | sha256sum --check --quiet || exit 1; done",
                  pulled->store);

    ck_assert_int_eq(pulled->outcome.status, 1);
    ck_assert_contains(pulled->outcome.err, "gocker: pull ");
    ck_assert_contains(pulled->outcome.err, because);
    ck_assert_msg(RUN("sh", "-c", command).status == 0,
                  "a blob in the store has another digest than its name");
    ck_assert_int_eq(files_in(pulled->store, ".partial"), 0);
    ck_assert_ptr_null(strstr(get_file(pulled->store, "index.json"), "app:1"));
}
