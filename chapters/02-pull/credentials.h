/* Who we are to a registry: what `docker login` has stored. */
#ifndef GOCKER_CREDENTIALS_H
#define GOCKER_CREDENTIALS_H

#include "error.h"

/* All NULL: none, we are anonymous. */
struct credentials {
    char *user, *password;
    char *identity_token; /* in place of a password: exchanged for tokens by OAuth2 */
};

/* Find REGISTRY's ("docker.io", "127.0.0.1:5000") in $DOCKER_CONFIG/config.json or ~/.docker/config.json: by the
 * credential helper that credHelpers or credsStore names, else in auths. Nothing found is no error, nor is
 * a helper that cannot be run, which is warned about; a file that cannot be read or understood is one. */
int credentials_find(const char *registry, struct credentials *credentials, struct error *err);
void credentials_free(struct credentials *credentials);

/* "Basic " and USER:PASSWORD in base64 (RFC 7617). The caller frees it. */
char *credentials_basic(const struct credentials *credentials);

#endif
