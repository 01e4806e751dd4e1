/* What check.c has the process look at when show_only is done. */
#ifndef VIEW_H
#define VIEW_H

#include "cleanup.h"
#include "error.h"
#include "keep.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the process has seen. It is in memory that both have, because the process has no descriptors left. */
struct view {
    int result;
    struct error err;
    char names[256]; /* what is in /, with blanks between */
    char file[64];   /* what is in the shown directory's file */
    char other[64];  /* in the file of the second one */
    char below[64];  /* in that of a mount below the first one */
    char writing_shown[64], writing_below[64], writing_root[64];
    char directory[256]; /* the working directory */
    bool here_is_root;   /* is . the same as / ? */
    bool secret_by_walk; /* found by the walk of chapter 4 */
    bool take_root_off;  /* the test's wish: unmount the root in place of the walk */
    int open_one;        /* a descriptor from 3 on; -1: none */
    bool standard_ones;  /* 0, 1 and 2 are open */
};

/* The places of a test. */
struct place {
    const char *base, *shown, *other, *secret;
};

static void read_into(char *text, size_t size, const char *directory, const char *name)
{
    _cleanup_close_ int fd = open(keep(formatted("%s/%s", directory, name)), O_RDONLY | O_CLOEXEC);
    ssize_t got = fd < 0 ? -1 : read(fd, text, size - 1);

    if (got < 0)
        snprintf(text, size, "%s", strerror(errno));
    else
        text[got] = '\0';
}

static void try_to_write(char *text, size_t size, const char *directory, const char *name)
{
    _cleanup_close_ int fd =
        open(keep(formatted("%s/%s", directory, name)), O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

    snprintf(text, size, "%s", fd < 0 ? strerror(errno) : "written");
}

static void list_root(struct view *view)
{
    DIR *root = opendir("/");
    const struct dirent *entry;

    while (root && (entry = readdir(root)) != NULL)
        if (entry->d_name[0] != '.') {
            size_t length = strlen(view->names);

            snprintf(view->names + length, sizeof view->names - length, "%s%s", length > 0 ? " " : "",
                     entry->d_name);
        }
    if (root)
        closedir(root);
}

/* Chapter 4's escape: the root goes down, the process stays, and goes up. Then the root is where it came to. */
static bool walk_to(const char *secret, const char *down)
{
    if (chdir("/") < 0 || chroot(down) < 0)
        return false;
    for (int step = 0; step < 64; step++)
        if (chdir("..") < 0)
            return false;
    return chroot(".") == 0 && access(secret, F_OK) == 0;
}

static void look_round(struct place place, struct view *view)
{
    struct stat here, root;

    view->open_one = -1;
    for (int fd = 3; fd < 1024; fd++)
        if (fcntl(fd, F_GETFD) >= 0)
            view->open_one = fd;
    view->standard_ones = fcntl(0, F_GETFD) >= 0 && fcntl(1, F_GETFD) >= 0 && fcntl(2, F_GETFD) >= 0;
    if (!getcwd(view->directory, sizeof view->directory))
        snprintf(view->directory, sizeof view->directory, "%s", strerror(errno));
    view->here_is_root = stat(".", &here) == 0 && stat("/", &root) == 0 && here.st_dev == root.st_dev &&
                         here.st_ino == root.st_ino;
    list_root(view);
    read_into(view->file, sizeof view->file, place.shown, "file");
    read_into(view->other, sizeof view->other, place.other, "file");
    read_into(view->below, sizeof view->below, place.shown, "below/file");
    try_to_write(view->writing_shown, sizeof view->writing_shown, place.shown, "new");
    try_to_write(view->writing_below, sizeof view->writing_below, place.shown, "below/new");
    try_to_write(view->writing_root, sizeof view->writing_root, "", "new");
}

#endif
