/* The name of an image: Docker's short forms, and the grammar behind them. */
#include "reference.h"
#include "str.h"

#include <string.h>

#define DEFAULT_REGISTRY "docker.io"
#define LONGEST_NAME     255 /* registry/repository, as registries and clients agree (distribution-spec) */
#define LONGEST_TAG      128

#define LOWER  "abcdefghijklmnopqrstuvwxyz"
#define UPPER  "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

/* Digits and lower-case letters, joined by one dot, one or two underscores, or any number of dashes. */
static bool component_valid(const char *text, size_t length)
{
    size_t at = 0;

    for (;;) {
        size_t word = strspn(text + at, LOWER DIGITS), joint;

        if (word == 0 || at + word > length)
            return false;
        at += word;
        if (at == length)
            return true;
        if (text[at] == '-')
            joint = strspn(text + at, "-");
        else if (strncmp(text + at, "__", 2) == 0)
            joint = 2;
        else if (text[at] == '_' || text[at] == '.')
            joint = 1;
        else
            return false;
        at += joint;
    }
}

static int check_repository(const char *repository, struct error *err)
{
    const char *part = repository;

    if (repository[strcspn(repository, UPPER)] != '\0')
        return fail(err, 0, "the repository name \"%s\" must be in lower case", repository);
    for (;;) {
        size_t length = strcspn(part, "/");

        if (!component_valid(part, length))
            return fail(err, 0,
                        "\"%.*s\" in the repository name \"%s\" is not letters and digits, joined by single "
                        "'.', '_' or '__', or by dashes",
                        (int)length, part, repository);
        if (part[length] == '\0')
            return 0;
        part += length + 1;
    }
}

/* A host name or an address (IPv6 in brackets), and perhaps a port. */
static bool registry_valid(const char *registry)
{
    const char *at = registry;
    size_t port;

    if (*at == '[') {
        size_t address = strspn(at + 1, "0123456789abcdefABCDEF:.");

        if (address == 0 || at[1 + address] != ']')
            return false;
        at += address + 2;
    } else {
        for (;;) {
            size_t label = strspn(at, LOWER UPPER DIGITS "-");

            if (label == 0 || at[0] == '-' || at[label - 1] == '-')
                return false;
            at += label;
            if (*at != '.')
                break;
            at++;
        }
    }
    if (*at == '\0')
        return true;
    port = strspn(at + 1, DIGITS);
    return *at == ':' && port >= 1 && port <= 5 && at[1 + port] == '\0' && strtol(at + 1, NULL, 10) <= 65535;
}

static int check_tag(const char *tag, struct error *err)
{
    size_t valid = strspn(tag, LOWER UPPER DIGITS "_.-");

    if (tag[0] == '\0' || tag[0] == '.' || tag[0] == '-' || tag[valid] != '\0')
        return fail(err, 0,
                    "the tag \"%s\" is not letters, digits, '_', '.' and '-', the first no '.' or '-'", tag);
    if (valid > LONGEST_TAG)
        return fail(err, 0, "the tag is longer than %d characters", LONGEST_TAG);
    return 0;
}

static int check_digest(const char *digest, struct error *err)
{
    size_t algorithm = strcspn(digest, ":");

    if (digest_valid(digest))
        return 0;
    if (digest[algorithm] == ':' && algorithm > 0 && !starts_with(digest, "sha256:"))
        return fail(err, 0, "%.*s digests are not supported, only sha256 is", (int)algorithm, digest);
    return fail(err, 0, "the digest \"%s\" is not sha256: and 64 digits 0-9 a-f", digest);
}

/* What no reference looks like, with what was probably meant. */
static int check_habits(const char *text, struct error *err)
{
    const char *scheme = strstr(text, "://");

    if (*text == '\0')
        return fail(err, 0, "the image's name is empty");
    if (scheme)
        return fail(err, 0, "\"%s\" is an address; write the name alone: %s", text, scheme + 3);
    if (strlen(text) == 64 && strspn(text, DIGITS "abcdef") == 64)
        return fail(err, 0, "\"%s\" is an image's ID, which registries do not know; write a name", text);
    return 0;
}

/* Docker's rule for what stands before the first slash: a registry when it has a dot, a port or an
 * upper-case letter, or is localhost; else the first part of a repository on Docker Hub. */
static bool names_registry(const char *part)
{
    return strpbrk(part, ".:" UPPER) || strcmp(part, "localhost") == 0;
}

/* Cut "@digest" and then ":tag" off the end of NAME, and check them. */
static int split_end(char *name, struct reference *ref, struct error *err)
{
    char *at = strchr(name, '@'), *colon;

    if (at) {
        *at = '\0';
        if (check_digest(at + 1, err) < 0)
            return -1;
        memcpy(ref->digest, at + 1, DIGEST_SIZE);
    }
    colon = strrchr(name, ':');
    if (colon && !strchr(colon, '/')) {
        *colon = '\0';
        if (check_tag(colon + 1, err) < 0)
            return -1;
        ref->tag = must_strdup(colon + 1);
    } else if (!at) {
        ref->tag = must_strdup("latest");
    }
    return 0;
}

static int split(const char *text, struct reference *ref, struct error *err)
{
    _cleanup_free_ char *name = must_strdup(text);
    char *slash;

    if (check_habits(text, err) < 0 || split_end(name, ref, err) < 0)
        return -1;
    slash = strchr(name, '/');
    if (slash)
        *slash = '\0';
    if (slash && names_registry(name)) {
        ref->registry = must_strdup(strcmp(name, "index.docker.io") == 0 ? DEFAULT_REGISTRY : name);
        ref->repository = must_strdup(slash + 1);
    } else {
        if (slash)
            *slash = '/';
        ref->registry = must_strdup(DEFAULT_REGISTRY);
        ref->repository = must_strdup(name);
    }
    if (strcmp(ref->registry, DEFAULT_REGISTRY) == 0 && !strchr(ref->repository, '/')) {
        char *official = formatted("library/%s", ref->repository);

        free(ref->repository);
        ref->repository = official;
    }
    if (!registry_valid(ref->registry))
        return fail(err, 0, "\"%s\" is no registry's host name or address, with or without a port",
                    ref->registry);
    if (check_repository(ref->repository, err) < 0)
        return -1;
    if (strlen(ref->registry) + 1 + strlen(ref->repository) > LONGEST_NAME)
        return fail(err, 0, "the name is longer than %d characters", LONGEST_NAME);
    return 0;
}

int reference_parse(const char *text, struct reference *ref, struct error *err)
{
    *ref = (struct reference){ 0 };
    if (split(text, ref, err) < 0) {
        reference_free(ref);
        return fail_while(err, "invalid reference");
    }
    ref->name = formatted("%s/%s%s%s%s%s", ref->registry, ref->repository, ref->tag ? ":" : "",
                          ref->tag ? ref->tag : "", ref->digest[0] ? "@" : "", ref->digest);
    return 0;
}

void reference_free(struct reference *ref)
{
    free(ref->registry);
    free(ref->repository);
    free(ref->tag);
    free(ref->name);
    *ref = (struct reference){ 0 };
}
