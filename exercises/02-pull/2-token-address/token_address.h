/* From a registry's refusal to the address of a token. */
#ifndef TOKEN_ADDRESS_H
#define TOKEN_ADDRESS_H

#include "error.h"
#include "http.h"
#include "str.h"

/* The address to get a token from, of HEADER, the value of WWW-Authenticate with a single challenge (RFC 9110,
 * 11.6.1; distribution's "Token Authentication Specification"). The caller frees it. NULL with err where the
 * challenge is not Bearer, is not well-formed, or has no realm. */
char *token_address(const char *header, struct error *err);

#endif
