/* One image of an index, and the statement about it. */
#ifndef CHOOSE_H
#define CHOOSE_H

#include "digest.h"
#include "error.h"
#include "json.h"
#include "platform.h"

struct choice {
    char image[DIGEST_SIZE];     /* the chosen entry's digest */
    char statement[DIGEST_SIZE]; /* that of the first statement about it; "" where there is none */
};

/* Choose the manifest of INDEX, a document of a registry's, that suits MACHINE best (OCI image specification,
 * image-index.md). Returns 0, or -1 with err where none does, or where a digest that is needed is none. */
int choose_image(const struct json *index, const struct platform *machine, struct choice *choice,
                 struct error *err);

#endif
