/* From a name to the one manifest that is ours. */
#include "document.h"
#include "blob.h"
#include "media_type.h"
#include "store_read.h"

#include <errno.h>
#include <string.h>

#define MOST_INDEXES 3 /* an index may name another; a chain of them is somebody's joke */
#define ACCEPT                                                                                               \
    "Accept: application/vnd.oci.image.index.v1+json, application/vnd.oci.image.manifest.v1+json, "          \
    "application/vnd.docker.distribution.manifest.list.v2+json, "                                            \
    "application/vnd.docker.distribution.manifest.v2+json"

/* One document: where it came from, and what is known of it already. */
struct document {
    char digest[DIGEST_SIZE]; /* "": not known yet */
    const char *media_type;   /* as the index named it; NULL: not known */
    uint64_t size;            /* bytes, where the media type is known */
    struct json *json;
    enum document_kind kind;
};

static int ask(struct registry *registry, enum http_method method, const char *name,
               struct http_request *request, struct error *err)
{
    _cleanup_strv_ struct strv headers = { 0 };
    _cleanup_free_ char *path = formatted("manifests/%s", name);
    int result;

    /* All four: a registry converts, or refuses, what the client does not ask for. */
    strv_add(&headers, ACCEPT);
    result = registry_ask(registry, method, path, &headers, JSON_MAX_BYTES, request, err);
    request->headers = NULL;
    return result;
}

static const char *name_of(const struct reference *ref)
{
    return ref->digest[0] ? ref->digest : ref->tag;
}

int ask_digest(struct registry *registry, const struct reference *ref, char digest[DIGEST_SIZE],
               struct error *err)
{
    _cleanup_(http_request_clear) struct http_request request;
    const char *said;
    int status;

    digest[0] = '\0';
    if (ask(registry, HTTP_HEAD, name_of(ref), &request, err) < 0) {
        status = request.response.status;
        /* No, or not to HEAD: a GET will say which, and why. */
        return request.response.result == HTTP_ANSWERED && status >= 400 && status != 429 ? 0 : -1;
    }
    said = http_header(&request.response, "docker-content-digest", 0);
    if (said && digest_valid(said))
        memcpy(digest, said, DIGEST_SIZE);
    return 0;
}

/* ---- one document */

/* The bytes must have the digest that the reference or the index names, and that the registry says they have:
 * else somebody on the way has changed them. */
static int check_bytes(const struct http_response *response, struct document *document, struct error *err)
{
    const char *said = http_header(response, "docker-content-digest", 0);
    char found[DIGEST_SIZE];

    digest_of(str_text(&response->body), response->body.length, found);
    if (document->digest[0] && strcmp(found, document->digest) != 0)
        return fail(err, 0, "its digest is %s, and should be %s", found, document->digest);
    if (document->media_type && response->body.length != document->size)
        return fail(err, 0, "it is %zu bytes long, and the index says %llu", response->body.length,
                    (unsigned long long)document->size);
    if (said && !digest_valid(said) && !starts_with(said, "sha512:"))
        return fail(err, 0, "its Docker-Content-Digest \"%.80s\" is no digest", said);
    if (said && digest_valid(said) && strcmp(found, said) != 0)
        return fail(err, 0, "its digest is %s, and its Docker-Content-Digest %s", found, said);
    memcpy(document->digest, found, DIGEST_SIZE);
    return 0;
}

static int check_document(const struct http_response *response, struct document *document, struct error *err)
{
    const struct str *body = &response->body;

    if (check_bytes(response, document, err) < 0)
        return -1;
    document->json = json_parse(str_text(body), body->length, err);
    if (!document->json ||
        manifest_classify(document->json, http_header(response, "content-type", 0), &document->kind, err) < 0)
        return -1;
    document->size = body->length;
    return 0;
}

/* Get the document NAME, a tag or DOCUMENT's digest, from the registry and put it into STORE. */
static int get_document(struct registry *registry, const struct store *store, const char *name,
                        struct document *document, struct error *err)
{
    _cleanup_(http_request_clear) struct http_request request;
    const struct str *body = &request.response.body;

    if (ask(registry, HTTP_GET, name, &request, err) < 0)
        return -1;
    if (check_document(&request.response, document, err) < 0)
        return fail_while(err, "GET %.*s", (int)strcspn(request.response.url, "?"), request.response.url);
    return store_put_blob(store, document->digest, str_text(body), body->length, err);
}

/* The document that an index names: from STORE where it is there, for its digest says all about it. */
static int get_named(struct registry *registry, const struct store *store, struct document *document,
                     struct error *err)
{
    if (store_has_blob(store, document->digest, document->size))
        document->json = store_read_document(store, document->digest, err);
    if (document->json)
        return manifest_classify(document->json, NULL, &document->kind, err);
    return get_document(registry, store, document->digest, document, err);
}

/* ---- from the name to the manifest */

/* Replace DOCUMENT, an index, by the document it names for PLATFORM. */
static int step_into(struct registry *registry, const struct store *store, const struct platform *platform,
                     struct document *document, struct error *err)
{
    _cleanup_json_ struct json *index = steal_pointer(document->json);
    struct descriptor chosen;
    enum document_kind named;

    if (index_choose(index, platform, &chosen, err) < 0)
        return -1;
    named = media_type_kind(chosen.media_type);
    if (named != DOCUMENT_INDEX && named != DOCUMENT_MANIFEST)
        return fail(err, 0, "the index names a document of the type %.80s", chosen.media_type);
    *document = (struct document){ .media_type = chosen.media_type, .size = chosen.size };
    memcpy(document->digest, chosen.digest, DIGEST_SIZE);
    if (chosen.size > JSON_MAX_BYTES)
        return fail(err, 0, "the manifest %s is longer than 4 MiB", chosen.digest);
    if (get_named(registry, store, document, err) < 0)
        return -1;
    if (document->kind != named)
        return fail(err, 0, "confused manifest: the index says that %s is %.80s, which it is not",
                    chosen.digest, chosen.media_type);
    document->media_type = NULL; /* it was the index's */
    return 0;
}

static int find_manifest(struct registry *registry, const struct store *store, const struct reference *ref,
                         const struct platform *platform, struct document *document,
                         struct resolved *resolved, struct error *err)
{
    memcpy(document->digest, ref->digest, DIGEST_SIZE);
    if (get_document(registry, store, name_of(ref), document, err) < 0)
        return -1;
    memcpy(resolved->registry_digest, document->digest, DIGEST_SIZE);
    for (int indexes = 0; document->kind == DOCUMENT_INDEX; indexes++) {
        if (indexes == MOST_INDEXES)
            return fail(err, 0, "indexes within indexes, more than %d deep", MOST_INDEXES);
        if (step_into(registry, store, platform, document, err) < 0)
            return -1;
        resolved->from_index = true;
    }
    return 0;
}

/* OCI's manifests may leave their mediaType out; the config's must be there. */
static bool is_dockers(const struct json *manifest)
{
    const char *type = json_string(json_get(manifest, "mediaType"));
    const char *config = json_string(json_get(json_get(manifest, "config"), "mediaType"));

    return (type && strcmp(type, MEDIA_OCI_MANIFEST) != 0) ||
           (config && strcmp(config, MEDIA_OCI_CONFIG) != 0);
}

int resolve(struct registry *registry, const struct store *store, const struct reference *ref,
            const struct platform *platform, struct resolved *resolved, struct error *err)
{
    struct document document = { 0 };

    *resolved = (struct resolved){ 0 };
    if (find_manifest(registry, store, ref, platform, &document, resolved, err) < 0) {
        json_free(&document.json);
        return -1;
    }
    memcpy(resolved->manifest_digest, document.digest, DIGEST_SIZE);
    resolved->manifest_size = document.size;
    resolved->manifest = document.json;
    resolved->docker = is_dockers(document.json);
    return 0;
}

void resolved_free(struct resolved *resolved)
{
    json_free(&resolved->manifest);
}
