/* SHA-256 digests, computed by libcrypto. */
#include "digest.h"
#include "str.h"

#include <openssl/evp.h>
#include <string.h>

#define PREFIX "sha256:"

bool digest_valid(const char *text)
{
    return starts_with(text, PREFIX) && strlen(text) == DIGEST_SIZE - 1 &&
           strspn(text + strlen(PREFIX), "0123456789abcdef") == 64;
}

const char *digest_hex(const char *text)
{
    return text + strlen(PREFIX);
}

struct sha256 {
    EVP_MD_CTX *context;
};

/* libcrypto's calls fail for want of memory only (the algorithm is built in), which must_calloc treats as
 * fatal as well. */
static void must_succeed(bool succeeded)
{
    if (!succeeded) {
        fputs("gocker: libcrypto cannot compute SHA-256\n", stderr);
        abort();
    }
}

struct sha256 *sha256_new(void)
{
    struct sha256 *hash = must_calloc(1, sizeof *hash);

    hash->context = EVP_MD_CTX_new();
    must_succeed(hash->context && EVP_DigestInit_ex(hash->context, EVP_sha256(), NULL));
    return hash;
}

void sha256_update(struct sha256 *hash, const void *bytes, size_t length)
{
    must_succeed(EVP_DigestUpdate(hash->context, bytes, length));
}

void sha256_final(struct sha256 *hash, char text[DIGEST_SIZE])
{
    unsigned char sum[32];

    must_succeed(EVP_DigestFinal_ex(hash->context, sum, NULL));
    memcpy(text, PREFIX, strlen(PREFIX));
    for (size_t i = 0; i < sizeof sum; i++)
        snprintf(text + strlen(PREFIX) + 2 * i, 3, "%02x", sum[i]);
}

void sha256_free(struct sha256 **hash)
{
    if (!*hash)
        return;
    EVP_MD_CTX_free((*hash)->context);
    free(*hash);
    *hash = NULL;
}

void digest_of(const void *bytes, size_t length, char text[DIGEST_SIZE])
{
    _cleanup_(sha256_free) struct sha256 *hash = sha256_new();

    sha256_update(hash, bytes, length);
    sha256_final(hash, text);
}
