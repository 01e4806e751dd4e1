/* Mistake: an empty platform is taken for one that is not there. Rejected by platform_that_is_there_is_not_missing. */
#include "choose.h"

#include "manifest.h"
#include "str.h"

#include <string.h>

/* Ranks: what is of the machine's own architecture is better than the best of the one before it. To each is
 * added what platform_suits says, which is less than a step. */
#define RANK_OWN_ARCHITECTURE   200
#define RANK_OLDER_ARCHITECTURE 100
#define RANK_NO_PLATFORM        1

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

/* ENTRY's annotation NAME, or NULL. */
static const char *annotation(const struct json *entry, const char *name)
{
    return json_string(json_get(json_get(entry, "annotations"), name));
}

/* Set *OLDER to the 32-bit platform whose programs MACHINE runs too. False where there is none. */
static bool older_platform(const struct platform *machine, struct platform *older)
{
    if (strcmp(machine->architecture, "amd64") == 0)
        *older = (struct platform){ .architecture = "386" };
    else if (strcmp(machine->architecture, "arm64") == 0)
        *older = (struct platform){ .architecture = "arm", .variant = "v8" };
    else
        return false;
    memcpy(older->os, machine->os, sizeof older->os);
    return true;
}

/* How good ENTRY is for MACHINE: 0 not at all, else the more the better. */
static int rank(const struct json *entry, const struct platform *machine)
{
    const struct json *value = json_get(entry, "platform");
    struct platform offered, older;
    struct error ignored;
    int suits;

    if (annotation(entry, "vnd.docker.reference.type"))
        return 0;
    if (!value)
        return RANK_NO_PLATFORM;
    if (platform_read(value, &offered, &ignored) < 0)
        return 0; /* names too long to be any machine's */
    if (offered.os[0] == '\0')
        return RANK_NO_PLATFORM;
    suits = platform_suits(&offered, machine);
    if (suits > 0)
        return RANK_OWN_ARCHITECTURE + suits;
    suits = older_platform(machine, &older) ? platform_suits(&offered, &older) : 0;
    return suits > 0 ? RANK_OLDER_ARCHITECTURE + suits : 0;
}

/* The first entry of the highest rank, or NULL. */
static const struct json *best_entry(const struct json *index, const struct platform *machine)
{
    const struct json *best = NULL;
    int highest = 0;

    for (const struct json *entry = first_entry(index); entry; entry = entry->next) {
        int own = rank(entry, machine);

        if (own > highest) {
            highest = own;
            best = entry;
        }
    }
    return best;
}

/* The first statement of INDEX about the manifest DIGEST, or NULL. */
static const struct json *statement_about(const struct json *index, const char *digest)
{
    for (const struct json *entry = first_entry(index); entry; entry = entry->next) {
        const char *about = annotation(entry, "vnd.docker.reference.digest");

        if (annotation(entry, "vnd.docker.reference.type") && about && strcmp(about, digest) == 0)
            return entry;
    }
    return NULL;
}

int choose_image(const struct json *index, const struct platform *machine, struct choice *choice,
                 struct error *err)
{
    const struct json *image = best_entry(index, machine), *statement;
    _cleanup_free_ char *wanted = platform_text(machine);

    *choice = (struct choice){ .statement = "" };
    if (!image)
        return fail(err, 0, "the index has no image for %s", wanted);
    if (copy_digest(image, choice->image, err) < 0)
        return -1;
    statement = statement_about(index, choice->image);
    return statement ? copy_digest(statement, choice->statement, err) : 0;
}
