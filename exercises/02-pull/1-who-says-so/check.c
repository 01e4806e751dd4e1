/* 02.1: the answers are what the chapter's own client gets from the registries, here and now. */
#include "exercise.h"

#include "auth.h"
#include "keep.h"
#include "manifest.h"
#include "pull.h"
#include "store_read.h"

#include <string.h>

/* IMAGE becomes NAME of the registry that lets everybody in, pulled into STORE. */
static void pull_into(struct store *store, const char *name, struct image *image)
{
    const struct pull_options options = { .quiet = true };
    struct reference ref = { 0 };
    struct error err;

    ck_assert_msg(reference_parse(keep(formatted("%s/%s", registry_address(), name)), &ref, &err) == 0 &&
                      pull(store, &ref, &options, image, &err) == 0,
                  "%s", err.text);
    reference_free(&ref);
}

/* An empty store. */
static struct store new_store(void)
{
    struct store store;
    struct error err;

    ck_assert_msg(store_open(scratch(), &store, &err) == 0, "%s", err.text);
    return store;
}

static bool has_layer(const struct image *image, const char *digest)
{
    for (size_t i = 0; i < image->layer_count; i++)
        if (strcmp(image->layers[i].digest, digest) == 0)
            return true;
    return false;
}

START_TEST(shared_layer_is_not_fetched)
{
    struct store store = new_store();
    struct image busybox = { 0 }, five = { 0 };
    size_t fetched = 0;

    pull_into(&store, "busybox", &busybox);
    pull_into(&store, "five", &five);
    for (size_t i = 0; i < five.layer_count; i++)
        fetched += !has_layer(&busybox, five.layers[i].digest);
    want_answer("layers fetched", keep(formatted("%zu", fetched)),
                "the number of layers that 02-pull does not call \"already there\"");
}
END_TEST

START_TEST(config_names_what_is_unpacked)
{
    struct store store = new_store();
    struct image latest = { 0 }, plain = { 0 };
    const char *same = NULL;

    pull_into(&store, "busybox:latest", &latest);
    pull_into(&store, "busybox:plain", &plain);
    if (strcmp(latest.manifest_digest, plain.manifest_digest) == 0)
        same = "manifest";
    else if (strcmp(latest.config_digest, plain.config_digest) == 0)
        same = "config";
    else if (has_layer(&latest, plain.layers[0].digest))
        same = "layer";
    ck_assert_msg(same, "the registry's busybox:latest and busybox:plain share no blob");
    want_answer("same blob", same, "the one whose digest is in both images");
}
END_TEST

START_TEST(name_stands_for_an_index)
{
    struct store store = new_store();
    struct image multi = { 0 };
    struct json *document;
    enum document_kind kind;
    struct error err;

    pull_into(&store, "multi", &multi);
    document = store_read_document(&store, multi.registry_digest, &err);
    ck_assert_msg(document && manifest_classify(document, NULL, &kind, &err) == 0, "%s", err.text);
    want_answer("printed digest", kind == DOCUMENT_INDEX ? "index" : "manifest",
                "what the document with this digest holds");
}
END_TEST

/* ---- tokens */

/* The answer to GET URL, with TOKEN where it is not NULL. It lasts as long as the test. */
static const struct http_response *get(const char *url, const char *token)
{
    static struct http_request requests[4];
    static size_t count;
    struct http_request *request = &requests[count++];
    struct http *http;
    struct error err;

    http = http_new(&(struct http_settings){ 0 }, &err);
    ck_assert_msg(http, "%s", err.text);
    *request = (struct http_request){ .url = url };
    if (token)
        request->authorization = keep(formatted("Bearer %s", token));
    ck_assert_msg(http_perform(http, request, &err) == 0, "%s", err.text);
    http_free(&http);
    return &request->response;
}

/* The answer to REPOSITORY's manifest, from the registry that wants tokens. */
static const struct http_response *get_manifest(const char *repository, const char *token)
{
    return get(keep(formatted("http://%s/v2/%s/manifests/latest", token_registry_address(), repository)),
               token);
}

/* What that registry asks for before REPOSITORY may be pulled. */
static struct challenge challenge_of(const char *repository)
{
    const char *header = http_header(get_manifest(repository, NULL), "www-authenticate", 0);
    struct challenge challenge = { 0 };

    ck_assert_msg(header, "the registry does not say how to get a token");
    challenge_parse(header, &challenge);
    ck_assert_msg(challenge.realm && challenge.service && challenge.scope,
                  "the registry asks for no token: %s", header);
    return challenge;
}

/* The token server's answer to a stranger who wants what CHALLENGE says. */
static const struct http_response *ask_for_token(const struct challenge *challenge)
{
    const char *service = keep(url_escaped(challenge->service)), *scope = keep(url_escaped(challenge->scope));

    return get(keep(formatted("%s?service=%s&scope=%s", challenge->realm, service, scope)), NULL);
}

START_TEST(scope_says_what_and_what_for)
{
    want_answer("scope", challenge_of("five").scope, "what the refusal has between the quotes behind scope=");
}
END_TEST

START_TEST(token_is_for_one_repository)
{
    const struct challenge challenge = challenge_of("five");
    const struct http_response *answer = ask_for_token(&challenge);
    struct error err;
    int64_t expires_s;
    const char *token = keep(token_parse(str_text(&answer->body), answer->body.length, &expires_s, &err));

    ck_assert_msg(token, "%s", err.text);
    want_answer("another repository", keep(formatted("%d", get_manifest("busybox", token)->status)),
                "the number in the first line of the registry's answer");
}
END_TEST

START_TEST(token_server_lets_the_registry_refuse)
{
    const struct challenge challenge = challenge_of("private/busybox");

    want_answer("private token", keep(formatted("%d", ask_for_token(&challenge)->status)),
                "the number in the first line of the token server's answer");
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { shared_layer_is_not_fetched, NEED_REGISTRY, 0 },
        { config_names_what_is_unpacked, NEED_REGISTRY, 0 },
        { name_stands_for_an_index, NEED_REGISTRY, 0 },
        { scope_says_what_and_what_for, NEED_REGISTRY, 0 },
        { token_is_for_one_repository, NEED_REGISTRY, 0 },
        { token_server_lets_the_registry_refuse, NEED_REGISTRY, 0 },
    };

    return RUN_EXERCISE(tests);
}
