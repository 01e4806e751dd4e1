/* Who we are to a registry: Docker's config.json, and the helpers it names. */
#include "credentials.h"
#include "fs.h"
#include "json.h"
#include "process.h"

#include <errno.h>
#include <openssl/evp.h>
#include <string.h>

#define HELPER_SECONDS 30 /* it may ask the user to unlock a keyring */
#define HELPER_BYTES   (64 * 1024)
#define CONFIG_BYTES   (1024 * 1024)
#define HUB            "docker.io"
#define HUB_KEY        "https://index.docker.io/v1/" /* Docker Hub's name in config.json, from its first API */
#define IDENTITY       "<token>" /* the user's name where the password is an identity token */

/* ---- base64 (RFC 4648) */

static char *base64_encode(const char *text)
{
    size_t length = strlen(text);
    char *encoded = must_calloc((length + 2) / 3 * 4 + 1, 1);

    EVP_EncodeBlock((unsigned char *)encoded, (const unsigned char *)text, (int)length);
    return encoded;
}

/* NULL where TEXT is none, or stands for text with a NUL in it. */
static char *base64_decode(const char *text)
{
    size_t length = strlen(text), padding = 0;
    _cleanup_free_ char *decoded = must_calloc(length + 1, 1);
    int decoded_length;

    if (length == 0 || length > HELPER_BYTES)
        return NULL;
    decoded_length = EVP_DecodeBlock((unsigned char *)decoded, (const unsigned char *)text, (int)length);
    if (decoded_length < 0)
        return NULL;
    while (padding < 2 && text[length - 1 - padding] == '=') /* decoded as zeros */
        padding++;
    if (strlen(decoded) != (size_t)decoded_length - padding)
        return NULL;
    return steal_pointer(decoded);
}

char *credentials_basic(const struct credentials *credentials)
{
    _cleanup_free_ char *pair = formatted("%s:%s", credentials->user, credentials->password);
    _cleanup_free_ char *encoded = base64_encode(pair);

    return formatted("Basic %s", encoded);
}

/* ---- auths */

/* Does KEY of config.json mean REGISTRY? Old ones are addresses: https://host/v1/. */
static bool key_means(const char *key, const char *registry)
{
    const char *host = strstr(key, "://");
    size_t length;

    if (strcmp(registry, HUB) == 0)
        return strcmp(key, HUB_KEY) == 0;
    host = host ? host + 3 : key;
    length = strcspn(host, "/");
    return strlen(registry) == length && strncmp(host, registry, length) == 0;
}

/* The member of OBJECT for REGISTRY: by the very name first. */
static const struct json *member_for(const struct json *object, const char *registry)
{
    const struct json *exact = json_get(object, strcmp(registry, HUB) == 0 ? HUB_KEY : registry);

    if (exact)
        return exact;
    for (const struct json *m = object ? object->first : NULL; m; m = m->next)
        if (m->name && key_means(m->name, registry))
            return m;
    return NULL;
}

static void set(char **member, const char *text)
{
    free(*member);
    *member = text && text[0] ? must_strdup(text) : NULL;
}

static int read_auth(const struct json *entry, struct credentials *credentials, struct error *err)
{
    const char *auth = json_string(json_get(entry, "auth"));
    _cleanup_free_ char *pair = NULL;
    char *colon;

    set(&credentials->identity_token, json_string(json_get(entry, "identitytoken")));
    set(&credentials->user, json_string(json_get(entry, "username")));
    set(&credentials->password, json_string(json_get(entry, "password")));
    if (!auth || auth[0] == '\0')
        return 0;
    pair = base64_decode(auth);
    colon = pair ? strchr(pair, ':') : NULL;
    if (!colon) /* what it is must not be shown */
        return fail(err, 0, "auths: an \"auth\" is not user:password in base64; `docker login` again");
    *colon = '\0';
    set(&credentials->user, pair);
    set(&credentials->password, colon + 1);
    return 0;
}

/* ---- helpers (docker-credential-helpers: the registry's key on standard input, JSON on standard output) */

/* What the helper printed. False where that is no answer. */
static bool read_answer(const struct str *output, struct credentials *credentials)
{
    struct error ignored;
    _cleanup_json_ struct json *answer = json_parse(str_text(output), output->length, &ignored);
    const char *user = json_string(json_get(answer, "Username"));
    const char *secret = json_string(json_get(answer, "Secret"));

    if (!user || !secret)
        return false;
    if (strcmp(user, IDENTITY) == 0) {
        set(&credentials->identity_token, secret);
    } else {
        set(&credentials->user, user);
        set(&credentials->password, secret);
    }
    return true;
}

/* Ask docker-credential-HELPER for REGISTRY's. One that does not work leaves us anonymous, which is enough for
 * public images: config.json often names a helper of another machine's. */
static int ask_helper(const char *helper, const char *registry, struct credentials *credentials,
                      struct error *err)
{
    _cleanup_free_ char *program = formatted("docker-credential-%s", helper);
    char *argv[] = { program, "get", NULL };
    const char *key = strcmp(registry, HUB) == 0 ? HUB_KEY : registry;
    _cleanup_str_ struct str output = { 0 };
    struct error why;
    int status;

    if (strchr(helper, '/'))
        return fail(err, 0, "the credential helper \"%s\" is a path; it must be a name", helper);
    if (run_program(argv, key, HELPER_BYTES, HELPER_SECONDS, &output, &status, &why) < 0) {
        if (check_interrupt(err) < 0)
            return -1;
        warn("no credentials for %s: %s", registry, why.text);
        return 0;
    }
    if (status == 0 && !read_answer(&output, credentials))
        warn("no credentials for %s: %s printed no Username and Secret", registry, program);
    else if (status != 0 && !strstr(str_text(&output), "credentials not found"))
        warn("no credentials for %s: %s failed with exit status %d: %.200s", registry, program, status,
             str_text(&output));
    return 0;
}

/* ---- config.json */

static struct json *read_config(struct error *err)
{
    const char *directory = getenv("DOCKER_CONFIG"), *home = getenv("HOME");
    _cleanup_free_ char *path = NULL;
    _cleanup_str_ struct str text = { 0 };
    struct json *config = NULL;

    *err = (struct error){ 0 };
    if (directory && directory[0])
        path = formatted("%s/config.json", directory);
    else if (home && home[0])
        path = formatted("%s/.docker/config.json", home);
    else
        return NULL;
    if (read_file(AT_FDCWD, path, CONFIG_BYTES, &text, err) == 0)
        config = json_parse(str_text(&text), text.length, err);
    if (!config)
        fail_while(err, "read %s", path);
    return config;
}

int credentials_find(const char *registry, struct credentials *credentials, struct error *err)
{
    _cleanup_json_ struct json *config = read_config(err);
    const char *helper;
    const struct json *entry;

    *credentials = (struct credentials){ 0 };
    if (!config)
        return err->text[0] == '\0' || err->number == ENOENT || err->number == ENOTDIR ? 0 : -1;
    helper = json_string(member_for(json_get(config, "credHelpers"), registry));
    if (!helper)
        helper = json_string(json_get(config, "credsStore"));
    if (helper && helper[0] && ask_helper(helper, registry, credentials, err) < 0)
        return -1;
    if (credentials->user || credentials->identity_token)
        return 0;
    entry = member_for(json_get(config, "auths"), registry);
    if (entry && read_auth(entry, credentials, err) < 0) {
        credentials_free(credentials);
        return fail_while(err, "read Docker's config.json");
    }
    if (!credentials->user || !credentials->password) { /* half is none */
        set(&credentials->user, NULL);
        set(&credentials->password, NULL);
    }
    return 0;
}

void credentials_free(struct credentials *credentials)
{
    free(credentials->user);
    free(credentials->password);
    free(credentials->identity_token);
    *credentials = (struct credentials){ 0 };
}
