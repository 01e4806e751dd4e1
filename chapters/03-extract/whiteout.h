/* Whiteouts: how a layer removes what the layers below it brought (OCI image specification, layer.md). */
#ifndef GOCKER_WHITEOUT_H
#define GOCKER_WHITEOUT_H

#include "tree.h"

/* Hide NAME of PARENT_FD. What this layer itself brought stays, whether it came before or comes after: a
 * whiteout means lower layers only. Nothing to hide is no error. */
int whiteout_hide(struct tree *tree, int parent_fd, const char *name, struct error *err);

/* Hide all that lower layers have in the directory PARENT_FD: an opaque whiteout. */
int whiteout_hide_all(struct tree *tree, int parent_fd, struct error *err);

#endif
