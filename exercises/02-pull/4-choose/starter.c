/* 02.4: one image of an index, and the statement about it. */
#include "choose.h"

#include "manifest.h"

#include <string.h>

/* The first element of INDEX's array of manifests, or NULL where there is none; its next is the second. */
static const struct json *first_entry(const struct json *index)
{
    const struct json *manifests = json_get(index, "manifests");

    return manifests && manifests->type == JSON_ARRAY ? manifests->first : NULL;
}

/* Copy ENTRY's digest TO; -1 with err where it is none. */
static int copy_digest(const struct json *entry, char to[DIGEST_SIZE], struct error *err)
{
    const char *digest = json_string(json_get(entry, "digest"));

    if (!digest || !digest_valid(digest))
        return fail(err, 0, "an entry of the index has no digest, or one that is none");
    memcpy(to, digest, DIGEST_SIZE);
    return 0;
}

int choose_image(const struct json *index, const struct platform *machine, struct choice *choice,
                 struct error *err)
{
    const struct json *entry = first_entry(index);

    /* Whoever stands first is taken, for whatever machine it is. Your part. */
    (void)machine;
    *choice = (struct choice){ .statement = "" };
    if (!entry)
        return fail(err, 0, "the index is empty");
    return copy_digest(entry, choice->image, err);
}
