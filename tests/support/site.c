/* A place with a Dockerfile, images and containers. */
#include "site.h"

#include "keep.h"
#include "str.h"

#include <stdio.h>
#include <string.h>

struct site new_site(const char *dockerfile)
{
    struct site site = { .context = scratch(), .root = scratch() };
    _cleanup_free_ char *mirror = formatted("http://%s", registry_address());

    setenv("GOCKER_ROOT", site.root, 1); /* a test is a process of its own */
    setenv("GOCKER_MIRROR", mirror, 1);
    site.how = (struct how){ .directory = site.context };
    put_file(site.context, "Dockerfile", dockerfile);
    return site;
}

struct outcome in_container(const char *program, const struct site *site, const char *options,
                            const char *script)
{
    const char *const end[] = { ".", "--", "sh", "-c", script };
    struct strv argv = { 0 };

    strv_add(&argv, program);
    strv_add(&argv, "run");
    strv_add(&argv, "--quiet");
    for (char *rest = keep(must_strdup(options)), *word; (word = strsep(&rest, " ")) != NULL;)
        if (*word)
            strv_add(&argv, word);
    for (size_t i = 0; i < sizeof end / sizeof *end; i++)
        strv_add(&argv, end[i]);
    keep(argv.items);
    return run_how(&site->how, (const char *const *)argv.items);
}

void assert_outcome_at(const struct outcome *o, int status, const char *out, const char *file, int line)
{
    if (o->status != status)
        _ck_assert_failed(file, line, "Assertion failed",
                          "wanted exit status %d, got %d; standard output:\n%sstandard error:\n%s", status,
                          o->status, o->out, o->err);
    if (strcmp(o->out, out) != 0)
        _ck_assert_failed(file, line, "Assertion failed",
                          "wanted on standard output:\n%sgot:\n%sstandard error:\n%s", out, o->out, o->err);
}

int containers(const struct site *site)
{
    _cleanup_free_ char *path = formatted("%s/containers", site->root);
    _cleanup_closedir_ DIR *list = opendir(path);
    struct dirent *entry;
    int count = 0;

    while (list && (entry = readdir(list)))
        count += entry->d_name[0] != '.';
    return count;
}

void assert_nothing_left(const struct site *site)
{
    ck_assert_msg(containers(site) == 0, "%d directories are left in %s/containers", containers(site),
                  site->root);
}
