/* ADD's copying: as COPY's, but an archive is unpacked. */
#ifndef GOCKER_ADD_H
#define GOCKER_ADD_H

#include "copy.h"

/* Copy PATH of CONTEXT to TO as copy_source does; but where it is a tar, by its contents and not its name, plain
 * or compressed by gzip, bzip2, xz or zstd, unpack it into the directory TO. Files in it replace what is there,
 * directories merge; names, links and owners are the archive's, unless OPTIONS has an owner of its own. As in
 * BuildKit, OPTIONS' chmod is not for what is in an archive. */
int add_source(const struct context *context, const char *path, const struct destination *to,
               const struct copy_options *options, struct error *err);

#endif
