/* watch [--poll] DIR: print the name of each file that is saved in a directory of DIR, a line each: "01.2/answer.c".
 * Directories that appear later are watched too. It runs until it is killed, or its reader is gone.
 *
 * inotify(7) tells of every file that was written and closed, and of every file that was moved into its place,
 * which is how most editors save. With --poll, and where inotify cannot be had (a user's instances are limited,
 * fs.inotify.max_user_instances), it looks at the times of the files twice a second: inotify does not see what is
 * written from the other side of a network or shared file system. */
#include "cleanup.h"
#include "error.h"
#include "str.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define SAVED          (IN_CLOSE_WRITE | IN_MOVED_TO)
#define POLL_PAUSE_MS  500
#define MAX_NAME_BYTES 256

/* A directory of DIR. */
struct place {
    int watch; /* inotify's number */
    char name[MAX_NAME_BYTES];
};

struct places {
    struct place *items;
    size_t count;
};

/* Print one name, now. False when nobody reads any more. */
static bool tell(const char *directory, const char *file)
{
    return printf("%s/%s\n", directory, file) > 0 && fflush(stdout) == 0;
}

/* Watch the directory NAME of DIR, once. What is gone again, or no directory, is left alone. */
static void watch_directory(int inotify, const char *dir, const char *name, struct places *places)
{
    _cleanup_free_ char *path = formatted("%s/%s", dir, name);
    int watch = inotify_add_watch(inotify, path, SAVED | IN_ONLYDIR);
    struct place place = { .watch = watch };

    if (watch < 0)
        return;
    for (size_t i = 0; i < places->count; i++)
        if (places->items[i].watch == watch)
            return;
    snprintf(place.name, sizeof place.name, "%s", name);
    places->items = must_realloc(places->items, places->count + 1, sizeof place);
    places->items[places->count++] = place;
}

/* Watch every directory of DIR. The watch on DIR itself comes first, so that none is missed in between. */
static int watch_all(int inotify, const char *dir, struct places *places, struct error *err)
{
    _cleanup_closedir_ DIR *stream = NULL;
    struct dirent *entry;

    if (inotify_add_watch(inotify, dir, IN_CREATE | IN_MOVED_TO | IN_ONLYDIR) < 0)
        return fail(err, errno, "watch %s", dir);
    stream = opendir(dir);
    if (!stream)
        return fail(err, errno, "read %s", dir);
    while ((entry = readdir(stream)) != NULL)
        if (entry->d_name[0] != '.')
            watch_directory(inotify, dir, entry->d_name, places);
    return 0;
}

/* One event: a file was saved in one of PLACES, or a directory came. False when nobody reads any more. */
static bool note(int inotify, const char *dir, const struct inotify_event *event, struct places *places)
{
    if (event->len == 0)
        return true;
    if (event->mask & IN_ISDIR) {
        watch_directory(inotify, dir, event->name, places);
        return true;
    }
    for (size_t i = 0; i < places->count; i++)
        if (places->items[i].watch == event->wd && !tell(places->items[i].name, event->name))
            return false;
    return true;
}

/* Is anybody still reading our standard output? poll(2): POLLERR on a pipe without readers. */
static bool has_reader(void)
{
    struct pollfd output = { .fd = STDOUT_FILENO };

    return poll(&output, 1, 0) <= 0 || !(output.revents & POLLERR);
}

/* Wait for events until nobody reads any more. 0, or -1 with err. */
static int follow(int inotify, const char *dir, struct places *places, struct error *err)
{
    _Alignas(struct inotify_event) char events[16 * (sizeof(struct inotify_event) + NAME_MAX + 1)];
    struct pollfd wait[] = { { .fd = inotify, .events = POLLIN }, { .fd = STDOUT_FILENO } };

    for (;;) {
        const struct inotify_event *event;
        ssize_t length;

        if (poll(wait, 2, -1) < 0)
            return fail(err, errno, "poll");
        if (wait[1].revents & POLLERR)
            return 0;
        length = read(inotify, events, sizeof events);
        if (length < 0)
            return fail(err, errno, "read from inotify");
        for (char *at = events; at < events + length; at += sizeof *event + event->len) {
            event = (const struct inotify_event *)(const void *)at;
            if (!note(inotify, dir, event, places))
                return 0;
        }
    }
}

static bool later(struct timespec a, struct timespec b)
{
    return a.tv_sec != b.tv_sec ? a.tv_sec > b.tv_sec : a.tv_nsec > b.tv_nsec;
}

/* Tell of the files in DIR/NAME that were changed after SINCE; *LATEST becomes the latest change. */
static bool look_into(const char *dir, const char *name, struct timespec since, struct timespec *latest)
{
    _cleanup_free_ char *path = formatted("%s/%s", dir, name);
    _cleanup_closedir_ DIR *stream = opendir(path);
    struct dirent *entry;
    struct stat file;

    while (stream && (entry = readdir(stream)) != NULL) {
        if (fstatat(dirfd(stream), entry->d_name, &file, 0) < 0 || !S_ISREG(file.st_mode))
            continue;
        if (later(file.st_mtim, *latest))
            *latest = file.st_mtim;
        if (later(file.st_mtim, since) && !tell(name, entry->d_name))
            return false;
    }
    return true;
}

/* Look at every file of every directory of DIR, until nobody reads any more. */
static int look_repeatedly(const char *dir, struct error *err)
{
    const struct timespec pause = { .tv_nsec = POLL_PAUSE_MS * 1000000L };
    /* The first look finds nothing new, but the latest time there is: by the file system's clock, which need
     * not be this machine's. */
    struct timespec since = { .tv_sec = INT64_MAX }, latest = { 0 };

    for (; has_reader(); since = latest) {
        _cleanup_closedir_ DIR *stream = opendir(dir);
        struct dirent *entry;

        if (!stream)
            return fail(err, errno, "read %s", dir);
        while ((entry = readdir(stream)) != NULL)
            if (entry->d_name[0] != '.' && !look_into(dir, entry->d_name, since, &latest))
                return 0;
        nanosleep(&pause, NULL);
    }
    return 0;
}

static int watch(const char *dir, bool polling, struct error *err)
{
    _cleanup_close_ int inotify = polling ? -1 : inotify_init1(IN_CLOEXEC);
    struct places places = { 0 };
    int result;

    if (inotify < 0) {
        if (!polling)
            warn("inotify: %s; looking twice a second instead", strerror(errno));
        return look_repeatedly(dir, err);
    }
    result = watch_all(inotify, dir, &places, err);
    if (result == 0)
        result = follow(inotify, dir, &places, err);
    free(places.items);
    return result;
}

int main(int argc, char **argv)
{
    bool polling = argc == 3 && strcmp(argv[1], "--poll") == 0;
    struct error err;

    if (argc != 2 && !polling) {
        fputs("usage: watch [--poll] DIR\n", stderr);
        return 2;
    }
    if (watch(argv[argc - 1], polling, &err) < 0) {
        error_print(&err);
        return EXIT_FAILURE;
    }
    return EXIT_SUCCESS;
}
