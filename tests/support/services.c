/* What the tests expect of their surroundings: the addresses of the services, text in an output. */
#include "testing.h"

#include <stdlib.h>
#include <string.h>

static const char *setting(const char *name)
{
    const char *value = getenv(name);

    ck_assert_msg(value, "%s is not set: the test wants NEED_REGISTRY in its row of the table", name);
    return value;
}

const char *registry_address(void)
{
    return setting("GOCKER_TEST_REGISTRY");
}

const char *token_registry_address(void)
{
    return setting("GOCKER_TEST_TOKEN_REGISTRY");
}

const char *tls_registry_address(void)
{
    return setting("GOCKER_TEST_TLS_REGISTRY");
}

const char *registry_ca(void)
{
    return setting("GOCKER_TEST_CA");
}

void assert_contains(const char *haystack, const char *needle, const char *file, int line)
{
    if (!haystack || !strstr(haystack, needle))
        _ck_assert_failed(file, line, "Assertion failed", "wanted \"%s\" in\n%.8000s", needle,
                          haystack ? haystack : "(null)");
}
