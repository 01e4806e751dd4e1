/* Paths as text: what Go's path package does to them before Docker looks at a file. Nothing here asks the
 * file system, so links are not followed. */
#ifndef GOCKER_PATH_H
#define GOCKER_PATH_H

/* The shortest path that means the same (Go's path.Clean): no empty and no "." component, no ".." behind a
 * name, no / at the end, and at the root no "..". "" becomes ".". The caller frees it. */
char *path_clean(const char *path);

/* PATH as seen from the absolute DIRECTORY, cleaned: PATH itself where it is absolute. The caller frees it. */
char *path_from(const char *directory, const char *path);

/* PATH, as COPY reads a source: cleaned below a root that .. cannot leave, without a / at either end; "."
 * for the root itself. The caller frees it. */
char *path_inside(const char *path);

/* The last component of the clean PATH, in PATH: "c" of "a/b/c" and of "c". */
const char *path_base(const char *path);

/* All but the last component of the clean PATH: "a/b", "/" of "/c", "." of "c". The caller frees it. */
char *path_parent(const char *path);

#endif
