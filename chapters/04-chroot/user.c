/* Who a container's process is: names looked up in the image's own /etc/passwd and /etc/group. */
#include "user.h"
#include "fs.h"
#include "str.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>

#define MAX_DATABASE_BYTES (4 << 20) /* passwd and group are as big as the image wants them to be */
#define FIELDS             7         /* passwd(5): name:password:UID:GID:GECOS:directory:shell */

/* A word is a number when it is digits alone: Docker gives no name that meaning back. *NUMBER is set where it
 * fits a signed 32-bit integer, the most that Docker takes; else -1. */
static bool is_number(const char *word, long *number)
{
    if (word[0] == '\0' || word[strspn(word, "0123456789")] != '\0')
        return false;
    errno = 0;
    *number = strtol(word, NULL, 10);
    if (errno != 0 || *number > INT_MAX)
        *number = -1;
    return true;
}

/* All of the image's file PATH in TEXT; nothing where there is no such file. */
static int read_database(int root_fd, const char *path, struct str *text, struct error *err)
{
    _cleanup_close_ int fd = open_in_root(root_fd, path, O_RDONLY | O_NONBLOCK, 0, err);
    struct stat file;

    if (fd < 0)
        return err->number == ENOENT || err->number == ENOTDIR ? 0 : -1;
    if (fstat(fd, &file) < 0)
        return fail(err, errno, "stat %s", path);
    if (!S_ISREG(file.st_mode)) /* a named pipe would keep us waiting for ever */
        return fail(err, 0, "the image's %s is no regular file", path);
    return read_fd(fd, MAX_DATABASE_BYTES, text, err);
}

/* Cut the line at *TEXT into its fields, "" for those it lacks, and move *TEXT to the next line. False at the
 * end. */
static bool next_line(char **text, char *fields[FIELDS])
{
    char *line = *text, *end;

    if (!line || *line == '\0')
        return false;
    end = strchrnul(line, '\n');
    *text = *end == '\n' ? end + 1 : end;
    *end = '\0';
    for (int i = 0; i < FIELDS; i++)
        fields[i] = i < FIELDS - 1 && line ? strsep(&line, ":") : line ? line : "";
    for (int i = 0; i < FIELDS; i++)
        if (!fields[i])
            fields[i] = "";
    return true;
}

/* The first user called WORD, or with the number UID where that is not -1. Sets *NAME (the caller frees it),
 * uid, gid and home where there is one. */
static void look_up_user(char *passwd, const char *word, long uid, struct user *user, char **name)
{
    char *fields[FIELDS];
    long number, gid;

    while (next_line(&passwd, fields)) {
        if (!is_number(fields[2], &number) || number < 0)
            continue;
        if (uid >= 0 ? number != uid : strcmp(fields[0], word) != 0)
            continue;
        *name = must_strdup(fields[0]);
        user->uid = (uid_t)number;
        user->gid = is_number(fields[3], &gid) && gid >= 0 ? (gid_t)gid : 0;
        user->home = must_strdup(fields[5][0] != '\0' ? fields[5] : "/");
        return;
    }
}

static int find_user(int root_fd, const char *word, struct user *user, char **name, struct error *err)
{
    _cleanup_str_ struct str passwd = { 0 };
    long uid = -1;
    bool number = is_number(word[0] != '\0' ? word : "0", &uid);

    if (number && uid < 0)
        return fail(err, 0, "user %s: a uid is at most %d", word, INT_MAX);
    if (read_database(root_fd, "/etc/passwd", &passwd, err) < 0)
        return fail_while(err, "look up user %s", word);
    look_up_user(passwd.text, word, uid, user, name);
    if (!*name && !number)
        return fail(err, 0, "user %s: no such name in the image's /etc/passwd", word);
    if (!*name)
        user->uid = (uid_t)uid; /* a number needs no entry */
    return 0;
}

static int find_group(int root_fd, const char *word, gid_t *gid, struct error *err)
{
    _cleanup_str_ struct str group = { 0 };
    char *fields[FIELDS], *text;
    long number;

    if (is_number(word, &number)) {
        if (number < 0)
            return fail(err, 0, "group %s: a gid is at most %d", word, INT_MAX);
        *gid = (gid_t)number;
        return 0;
    }
    if (read_database(root_fd, "/etc/group", &group, err) < 0)
        return fail_while(err, "look up group %s", word);
    text = group.text;
    while (next_line(&text, fields))
        if (strcmp(fields[0], word) == 0 && is_number(fields[2], &number) && number >= 0) {
            *gid = (gid_t)number;
            return 0;
        }
    return fail(err, 0, "group %s: no such name in the image's /etc/group", word);
}

/* Is NAME in the comma-separated LIST? */
static bool is_member(char *list, const char *name)
{
    for (char *member; (member = strsep(&list, ","));)
        if (strcmp(member, name) == 0)
            return true;
    return false;
}

/* The groups of /etc/group that list NAME. */
static int find_additional_groups(int root_fd, const char *name, struct user *user, struct error *err)
{
    _cleanup_str_ struct str group = { 0 };
    char *fields[FIELDS], *text;
    long gid;

    if (read_database(root_fd, "/etc/group", &group, err) < 0)
        return fail_while(err, "look up the groups of user %s", name);
    text = group.text;
    while (next_line(&text, fields)) {
        if (!is_number(fields[2], &gid) || gid < 0 || !is_member(fields[3], name))
            continue;
        user->additional_gids = must_realloc(user->additional_gids, user->additional_gid_count + 1,
                                             sizeof *user->additional_gids);
        user->additional_gids[user->additional_gid_count++] = (gid_t)gid;
    }
    return 0;
}

int user_find(int root_fd, const char *text, struct user *user, struct error *err)
{
    const char *colon = strchrnul(text, ':');
    _cleanup_free_ char *word = must_strndup(text, (size_t)(colon - text));
    _cleanup_free_ char *name = NULL;
    const char *group = *colon == ':' ? colon + 1 : "";

    *user = (struct user){ 0 };
    if (find_user(root_fd, word, user, &name, err) < 0)
        return -1;
    if (!user->home)
        user->home = must_strdup("/");
    if (group[0] != '\0')
        return find_group(root_fd, group, &user->gid, err);
    return name ? find_additional_groups(root_fd, name, user, err) : 0;
}

void user_free(struct user *user)
{
    free(user->additional_gids);
    free(user->home);
    *user = (struct user){ 0 };
}

int owner_find(int root_fd, const char *text, uid_t *uid, gid_t *gid, struct error *err)
{
    _cleanup_(user_free) struct user user = { 0 };
    long number;

    if (is_number(text, &number) && number >= 0) {
        *uid = (uid_t)number;
        *gid = (gid_t)number;
        return 0;
    }
    if (user_find(root_fd, text, &user, err) < 0)
        return -1;
    *uid = user.uid;
    *gid = user.gid;
    return 0;
}
