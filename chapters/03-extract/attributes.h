/* Extended attributes: which of a layer's are taken. */
#ifndef GOCKER_ATTRIBUTES_H
#define GOCKER_ATTRIBUTES_H

#include "metadata.h"

/* Give FILE those of ENTRY's extended attributes that make sense in another machine's root, after removing
 * those it has from a lower layer. xattr(7):
 *   security.capability, user.*, trusted.*  set
 *   trusted.overlay.*, user.overlay.*       not set: an overlay file system obeys them, so a layer could hide
 *                                           or replace files that are none of its business
 *   security.selinux and the like           not set: labels belong to the host's policy
 *   system.posix_acl_*                      not set, but counted: as Docker does */
int set_attributes(const struct made_file *file, const struct tar_entry *entry, struct left_out *left_out,
                   struct error *err);

/* Set those attributes of the file FROM on the file TO that are set from layers. */
int copy_attributes(int from, int to, struct error *err);

#endif
