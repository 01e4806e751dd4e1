/* When a request failed: try again, and how long to wait before. */
#ifndef GOCKER_RETRY_H
#define GOCKER_RETRY_H

#include "error.h"
#include "http.h"
#include "progress.h"

#include <stdint.h>

/* The tries of one request. {0} is before the first. */
struct attempts {
    int failed;     /* tries in a row that failed and brought nothing new */
    int challenged; /* answers 401 in a row */
    unsigned token; /* which of the tokens the last try carried (auth.h) */
};

/* REQUEST is over and has not brought what was wanted. 0 where it should be started again in *WAIT_MS
 * milliseconds, having told PROGRESS why; -1 with err where another try would be in vain: an answer that
 * stays the same, too many tries, or a wait longer than five minutes (Retry-After: RFC 9110, 10.2.3). */
int retry(struct attempts *attempts, const struct http_request *request, struct progress *progress,
          int64_t *wait_ms, struct error *err);

/* Fill ERR with why REQUEST did not bring what was wanted. Returns -1. */
int describe_failure(const struct http_request *request, struct error *err);

/* What an error's body says, in the forms that registries and token servers use; "" where nothing. The caller
 * frees it. (distribution-spec, Error Codes) */
char *error_detail(const struct http_response *response);

/* HTTP_PERFORM with retries: 0 with a 2xx status, -1 with err otherwise. */
int perform_with_retries(struct http *http, struct http_request *request, struct progress *progress,
                         struct error *err);

#endif
