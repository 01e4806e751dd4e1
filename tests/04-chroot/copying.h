/* What the tests of COPY share: a context and a root to copy into, and how to look at what came of it. */
#ifndef GOCKER_COPYING_H
#define GOCKER_COPYING_H

#include "copy.h"
#include "testing.h"

#include <fcntl.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct place {
    const char *context, *root; /* scratch directories */
    uid_t uid;
    gid_t gid;
    const char *chmod;
};

/* An empty context and an empty root; ids 0. */
static inline struct place new_place(void)
{
    const char *context = scratch(), *root = scratch();

    return (struct place){ .context = context, .root = root };
}

static inline int try_copy(const struct place *place, const char *source, const char *dest, struct error *err)
{
    const struct copy_options options = { .uid = place->uid, .gid = place->gid, .chmod = place->chmod };
    _cleanup_close_ int root = open(place->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_(context_close) struct context context = { .fd = -1 };
    _cleanup_strv_ struct strv paths = { 0 };
    _cleanup_free_ char *clean = must_strndup(dest, strlen(dest) - (dest[1] && ends_with(dest, "/")));
    const struct destination to = { .root_fd = root, .path = clean, .is_directory = ends_with(dest, "/") };
    const struct ignore_rule *hidden_by;

    if (context_open(place->context, "-", &context, err) < 0 ||
        context_find(&context, source, &paths, &hidden_by, err) < 0)
        return -1;
    for (size_t i = 0; i < paths.count; i++)
        if (copy_source(&context, paths.items[i], &to, &options, err) < 0)
            return -1;
    return 0;
}

/* COPY SOURCE DEST: DEST is absolute, with a / at its end where it is to be a directory. */
static inline void copy(const struct place *place, const char *source, const char *dest)
{
    struct error err = { 0 };

    ck_assert_msg(try_copy(place, source, dest, &err) == 0, "COPY %s %s: %s", source, dest, err.text);
}

/* The same must fail, and say WANTED. */
static inline void copy_fails(const struct place *place, const char *source, const char *dest,
                              const char *wanted)
{
    struct error err = { 0 };

    ck_assert_msg(try_copy(place, source, dest, &err) == -1, "COPY %s %s: wanted an error with \"%s\"",
                  source, dest, wanted);
    ck_assert_contains(err.text, wanted);
}

static inline const char *join(const char *directory, const char *name, char path[PATH_MAX])
{
    snprintf(path, PATH_MAX, "%s/%s", directory, name);
    return path;
}

static inline bool exists(const char *directory, const char *name)
{
    char path[PATH_MAX];
    struct stat file;

    return lstat(join(directory, name, path), &file) == 0;
}

/* DIRECTORY/NAME's lstat(2); fails the test where there is none. */
static inline struct stat look_at(const char *directory, const char *name)
{
    char path[PATH_MAX];
    struct stat file = { 0 };

    ck_assert_msg(lstat(join(directory, name, path), &file) == 0, "%s is not there", path);
    return file;
}

static inline void make_link(const char *directory, const char *name, const char *target)
{
    char path[PATH_MAX];

    ck_assert_msg(symlink(target, join(directory, name, path)) == 0, "link %s", path);
}

static inline void make_dir(const char *directory, const char *name, mode_t mode)
{
    char path[PATH_MAX];

    ck_assert_msg(mkdir(join(directory, name, path), 0700) == 0 && chmod(path, mode) == 0, "mkdir %s", path);
}

static inline void set_mode(const char *directory, const char *name, mode_t mode)
{
    char path[PATH_MAX];

    ck_assert_msg(chmod(join(directory, name, path), mode) == 0, "chmod %s", path);
}

static inline void assert_file(const char *directory, const char *name, const char *content)
{
    ck_assert_msg(S_ISREG(look_at(directory, name).st_mode), "%s should be a file", name);
    ck_assert_str_eq(get_file(directory, name), content);
}

static inline void assert_absent(const char *directory, const char *name)
{
    ck_assert_msg(!exists(directory, name), "%s should not be there", name);
}

static inline void assert_link(const char *directory, const char *name, const char *target)
{
    char path[PATH_MAX], text[PATH_MAX];
    ssize_t length = readlink(join(directory, name, path), text, sizeof text - 1);

    ck_assert_msg(length >= 0, "%s should be a link", path);
    text[length] = '\0';
    ck_assert_str_eq(text, target);
}

#endif
