/* Files below a directory that somebody else filled.
 *
 * An image may hold links that point anywhere. So paths inside it are resolved by openat2(2), which can be
 * told to treat a directory as the root, or to follow no links at all; and what is found is used by its
 * descriptor, because a name can come to mean something else between two calls. */
#ifndef GOCKER_FS_H
#define GOCKER_FS_H

#include "error.h"
#include "str.h"

#include <fcntl.h>
#include <stdint.h>
#include <sys/types.h>

/* Open PATH (a leading / is ignored; "" is ROOT_FD itself) below ROOT_FD as open(2) would with FLAGS and
 * MODE, O_CLOEXEC added. No symbolic link is followed, .. does not leave ROOT_FD (RESOLVE_BENEATH |
 * RESOLVE_NO_SYMLINKS). Returns a descriptor, or -1 with err: ELOOP where a component is a link, EXDEV where
 * .. leads out, and those of open(2). */
int open_below(int root_fd, const char *path, int flags, mode_t mode, struct error *err);

/* The same, but links are followed as they would be after chroot(ROOT_FD): an absolute one starts at
 * ROOT_FD, and .. stops there (RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS). */
int open_in_root(int root_fd, const char *path, int flags, mode_t mode, struct error *err);

/* mkdir -p PATH inside ROOT_FD, links followed as by open_in_root, also those whose target does not exist
 * yet, which openat2 cannot create through (var/run -> /run). New directories get MODE, UID and GID.
 * Returns an O_PATH descriptor of the last one, or -1 with err: ENOTDIR, ELOOP (more than 40 links). */
int make_directories(int root_fd, const char *path, mode_t mode, uid_t uid, gid_t gid, struct error *err);

/* The same, making at most *LEFT directories, which are taken off it: EFBIG where more are needed. */
int make_directories_limited(int root_fd, const char *path, mode_t mode, uid_t uid, gid_t gid, uint64_t *left,
                             struct error *err);

/* Remove NAME below PARENT_FD and all that is in it. Follows no links and does not descend into other
 * mounted file systems; a name that is gone already is no error. Directories without search permission
 * are made accessible first. Returns 0, or -1 with err, having removed as much as it could. */
int remove_tree(int parent_fd, const char *name, struct error *err);

/* Put LENGTH bytes into the file NAME of DIR_FD so that a reader, or a crash, sees the old content or the
 * new one and nothing between: a temporary file beside it, fsync, rename(2), fsync of the directory. */
int write_file_atomic(int dir_fd, const char *name, const void *bytes, size_t length, mode_t mode,
                      struct error *err);

/* Append all of FD to TEXT, or of the file PATH (relative to DIR_FD). EFBIG where it holds more than
 * LIMIT bytes. */
int read_fd(int fd, size_t limit, struct str *text, struct error *err);
int read_file(int dir_fd, const char *path, size_t limit, struct str *text, struct error *err);

/* write(2) until all is written. ERR says nothing of the file: the caller knows its name. */
int write_all(int fd, const void *bytes, size_t length, struct error *err);

/* Copy FROM's contents, from its current position to its end, to TO: by copy_file_range(2) where the file
 * systems can share or copy blocks themselves, else by read and write. Holes stay holes (lseek(2)). */
int copy_contents(int from, int to, struct error *err);

/* mkdir -p on a path of the host's (existing parts may be links). */
int make_host_directories(const char *path, mode_t mode, struct error *err);

/* Where gocker keeps its data: $GOCKER_ROOT, else /var/lib/gocker as root, else $XDG_DATA_HOME/gocker,
 * else ~/.local/share/gocker. With NAME, "/NAME" is added. Never NULL; the caller frees it. */
char *gocker_path(const char *name);

/* Does the environment tell where that is? 0, or -1 with err that says what to set: an ordinary user without HOME. */
int gocker_path_check(struct error *err);

#endif
