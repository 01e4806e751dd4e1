/* Addresses: whose they are, and whether they lead to this machine. */
#include "http.h"
#include "keep.h"
#include "testing.h"

#include <string.h>

static void assert_origin(const char *url, const char *scheme, const char *host, int port)
{
    _cleanup_(origin_free) struct origin origin = { 0 };

    ck_assert_msg(origin_of(url, &origin), "%s is no address", url);
    ck_assert_str_eq(origin.scheme, scheme);
    ck_assert_str_eq(origin.host, host);
    ck_assert_int_eq(origin.port, port);
}

START_TEST(origin_is_scheme_host_and_port)
{
    assert_origin("https://Example.ORG/path?query#fragment", "https", "example.org", 443);
    assert_origin("HTTP://example.org", "http", "example.org", 80);
    assert_origin("http://127.0.0.1:5000/v2/", "http", "127.0.0.1", 5000);
    assert_origin("https://[::1]:8443/", "https", "[::1]", 8443);
}
END_TEST

START_TEST(other_schemes_and_passwords_are_no_origin)
{
    static const char *const bad[] = { "",
                                       "example.org/path",
                                       "file:///etc/passwd",
                                       "ftp://example.org/",
                                       "gopher://example.org",
                                       "https://user@example.org/",
                                       "https://user:password@example.org/",
                                       "https://",
                                       "javascript:alert(1)" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct origin origin;

        ck_assert_msg(!origin_of(bad[i], &origin), "%s is taken", bad[i]);
    }
}
END_TEST

static bool same(const char *a, const char *b)
{
    _cleanup_(origin_free) struct origin one = { 0 }, other = { 0 };

    ck_assert(origin_of(a, &one) && origin_of(b, &other));
    return origin_same(&one, &other);
}

START_TEST(origins_differ_by_scheme_host_or_port)
{
    ck_assert(same("https://a.example/x", "https://A.example:443/y"));
    ck_assert(!same("https://a.example/", "http://a.example/"));
    ck_assert(!same("https://a.example/", "https://a.example:8443/"));
    ck_assert(!same("https://a.example/", "https://b.a.example/"));
}
END_TEST

START_TEST(loopback_is_told_by_its_text)
{
    static const char *const loopback[] = { "localhost",   "LOCALHOST", "127.0.0.1",
                                            "127.255.0.9", "::1",       "[::1]" };
    static const char *const other[] = {
        "",     "localhost.example.org", "127.0.0.1.example.org", "128.0.0.1", "0.0.0.0", "[::2]", "10.0.0.1",
        "127.1"
    };

    for (size_t i = 0; i < sizeof loopback / sizeof *loopback; i++)
        ck_assert_msg(host_is_loopback(loopback[i]), "%s is not", loopback[i]);
    for (size_t i = 0; i < sizeof other / sizeof *other; i++)
        ck_assert_msg(!host_is_loopback(other[i]), "%s is", other[i]);
}
END_TEST

START_TEST(escaping_leaves_unreserved_characters_only)
{
    _cleanup_free_ char *escaped = url_escaped("Az09-._~ /:?&=+%\xc3\xa9");

    ck_assert_str_eq(escaped, "Az09-._~%20%2F%3A%3F%26%3D%2B%25%C3%A9");
}
END_TEST

START_TEST(missing_authority_file_is_named)
{
    struct http_settings settings = { .ca_file = "/nonexistent/ca.pem" };
    struct error err = { 0 };

    ck_assert_ptr_null(http_new(&settings, &err));
    ck_assert_contains(err.text, "/nonexistent/ca.pem: No such file");
}
END_TEST

/* Also where it is never used, because the registry speaks plain HTTP. */
START_TEST(authority_file_without_a_certificate_is_named)
{
    const char *directory = scratch();
    struct http_settings settings = { .ca_file = keep(formatted("%s/ca.pem", directory)) };
    struct error err = { 0 };

    put_file(directory, "ca.pem", "-----BEGIN CERTIFICATE-----\nbm9uZQ==\n-----END CERTIFICATE-----\n");
    ck_assert_ptr_null(http_new(&settings, &err));
    ck_assert_contains(err.text, "ca.pem holds no certificate");
    settings.ca_file = directory;
    ck_assert_ptr_null(http_new(&settings, &err));
    ck_assert_contains(err.text, "holds no certificate");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { origin_is_scheme_host_and_port, 0, 0 },
        { other_schemes_and_passwords_are_no_origin, 0, 0 },
        { origins_differ_by_scheme_host_or_port, 0, 0 },
        { loopback_is_told_by_its_text, 0, 0 },
        { escaping_leaves_unreserved_characters_only, 0, 0 },
        { missing_authority_file_is_named, 0, 0 },
        { authority_file_without_a_certificate_is_named, 0, 0 },
    };

    return RUN_TESTS("common/http", tests, argc, argv);
}
