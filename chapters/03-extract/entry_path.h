/* Names in a layer's tar: cleaned, and what a name alone can mean (OCI image specification, layer.md). */
#ifndef GOCKER_ENTRY_PATH_H
#define GOCKER_ENTRY_PATH_H

#include "error.h"

#include <stddef.h>

/* NAME as a path below the root: no / at either end, no empty, "." or ".." component; "" is the root
 * itself. An absolute name is taken from the root, a/../b is b, as Docker and containerd have it. Returns the
 * path (the caller frees it), or NULL with err: empty, leads out of the root, longer than PATH_MAX. */
char *entry_path_clean(const char *name, struct error *err);

/* The length of the clean PATH's directory part, without the slash: 3 of "usr/lib", 0 of "etc". */
size_t entry_path_parent(const char *path);

/* The last component of the clean PATH, in PATH. */
const char *entry_path_base(const char *path);

enum whiteout {
    WHITEOUT_NONE,   /* an entry like any other */
    WHITEOUT_FILE,   /* .wh.NAME: hide NAME of the layers below */
    WHITEOUT_OPAQUE, /* .wh..wh..opq: hide all that the layers below have in this directory */
    WHITEOUT_IGNORE, /* .wh..wh.plnk, .wh..wh.aufs and what is in them: notes of AUFS to itself */
};

/* What the clean PATH means: an enum whiteout; or -1 with err for a name that begins with .wh. and is none
 * (.wh. alone, .wh... and .wh.., which would name the directory or its parent, a path through .wh.x). */
int entry_path_whiteout(const char *path, struct error *err);

/* The name that the whiteout PATH hides, in PATH. */
const char *entry_path_hidden(const char *path);

#endif
