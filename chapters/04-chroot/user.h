/* Who a container's process is: names looked up in the image's own /etc/passwd and /etc/group, never in the
 * host's (getpwnam(3) would ask the host's, and load its modules). */
#ifndef GOCKER_USER_H
#define GOCKER_USER_H

#include "error.h"

#include <stddef.h>
#include <sys/types.h>

struct user {
    uid_t uid;
    gid_t gid;
    gid_t *additional_gids;
    size_t additional_gid_count;
    char *home; /* from /etc/passwd, "/" where it says none */
};

/* Find the user TEXT names, as USER and docker run --user write it: NAME, UID, NAME:GROUP, UID:GID or any mix;
 * "" is uid 0. An all-digits word is always a number. Without a group the user's own ones apply, all of
 * /etc/group included; with one, only that. ROOT_FD is the image's root directory; its files are opened as
 * after chroot, and may be missing. Returns 0, or -1 with err: a name that is not there, a number above
 * 2147483647. user_free frees it in either case. passwd(5), group(5). */
int user_find(int root_fd, const char *text, struct user *user, struct error *err);
void user_free(struct user *user); /* for _cleanup_(user_free) */

/* The owner TEXT names, as COPY --chown writes it: the same, but a UID alone is its own GID too. */
int owner_find(int root_fd, const char *text, uid_t *uid, gid_t *gid, struct error *err);

#endif
