/* Names from the command line and from registries: references, platforms, challenges. */
#include "challenge.h"
#include "digest.h"
#include "fuzz.h"
#include "platform.h"
#include "reference.h"

/* What may become a path or an address of a request. */
static void check_parts(const struct reference *ref)
{
    const char *characters = "abcdefghijklmnopqrstuvwxyz0123456789._-/";

    must_hold(ref->repository[strspn(ref->repository, characters)] == '\0');
    must_hold(!strstr(ref->repository, "..") && !strstr(ref->repository, "//"));
    must_hold(ref->repository[0] != '/' && !ends_with(ref->repository, "/"));
    must_hold(ref->registry[0] != '\0' && !strpbrk(ref->registry, "/@?# \n\r"));
    must_hold(!ref->tag || (ref->tag[0] != '\0' && !strpbrk(ref->tag, "/@:?# \n\r")));
    must_hold(ref->digest[0] == '\0' || digest_valid(ref->digest));
    must_hold(ref->tag || ref->digest[0] != '\0');
}

/* The full name must mean the same, and be in full already. */
static void try_reference(const char *text)
{
    struct reference ref = { 0 }, again = { 0 };
    struct error err = { 0 };

    if (reference_parse(text, &ref, &err) == 0) {
        check_parts(&ref);
        must_hold(reference_parse(ref.name, &again, &err) == 0);
        must_hold(strcmp(ref.name, again.name) == 0);
        must_hold(strcmp(ref.registry, again.registry) == 0);
        must_hold(strcmp(ref.repository, again.repository) == 0);
        must_hold(strcmp(ref.digest, again.digest) == 0);
        reference_free(&again);
    } else {
        must_hold(err.text[0] != '\0');
    }
    reference_free(&ref);
}

static void try_platform(const char *text)
{
    struct platform platform = { 0 }, again = { 0 };
    struct error err = { 0 };

    if (platform_parse(text, &platform, &err) == 0) {
        _cleanup_free_ char *full = platform_text(&platform);

        must_hold(platform_parse(full, &again, &err) == 0);
        must_hold(platform_suits(&again, &platform) > 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    _cleanup_strv_ struct strv texts = fuzz_texts(data, size);
    struct challenge challenge = { 0 };

    for (size_t i = 0; i < texts.count; i++) {
        try_reference(texts.items[i]);
        try_platform(texts.items[i]);
        challenge_parse(texts.items[i], &challenge);
    }
    challenge_free(&challenge);
    return 0;
}
