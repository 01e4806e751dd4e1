/* What a server asks of those it does not know: the WWW-Authenticate header (RFC 9110, 11.6.1; RFC 6750, 3;
 * distribution's token specification). */
#ifndef GOCKER_CHALLENGE_H
#define GOCKER_CHALLENGE_H

#include <stdbool.h>

struct challenge {
    bool basic;                    /* a user name and a password would do */
    char *realm, *service, *scope; /* Bearer: where tokens come from, and for what; NULL where not said */
};

/* Add what HEADER, one WWW-Authenticate line's value, asks for. It may hold several challenges; of several
 * Bearer ones the first counts. What cannot be read is passed over. */
void challenge_parse(const char *header, struct challenge *challenge);

void challenge_free(struct challenge *challenge);

#endif
