/* References: Docker's short forms in full, and what is refused. */
#include "reference.h"
#include "testing.h"

#include <stdio.h>
#include <string.h>

#define ZEROS "0000000000000000000000000000000000000000000000000000000000000000"

static void assert_full(const char *text, const char *full)
{
    struct reference ref;
    struct error err = { 0 };

    ck_assert_msg(reference_parse(text, &ref, &err) == 0, "%s: %s", text, err.text);
    ck_assert_msg(strcmp(ref.name, full) == 0, "%s: wanted %s, got %s", text, full, ref.name);
    reference_free(&ref);
}

static void assert_refused(const char *text, const char *because)
{
    struct reference ref;
    struct error err = { 0 };

    ck_assert_msg(reference_parse(text, &ref, &err) < 0, "\"%s\" is taken", text);
    ck_assert_contains(err.text, because);
    ck_assert_ptr_null(ref.name);
}

START_TEST(short_names_are_docker_hubs)
{
    assert_full("alpine", "docker.io/library/alpine:latest");
    assert_full("alpine:3.20", "docker.io/library/alpine:3.20");
    assert_full("grafana/loki", "docker.io/grafana/loki:latest");
    assert_full("a/b/c", "docker.io/a/b/c:latest");
    assert_full("docker.io/alpine", "docker.io/library/alpine:latest");
    assert_full("index.docker.io/alpine", "docker.io/library/alpine:latest");
    assert_full("docker.io/library/alpine", "docker.io/library/alpine:latest");
}
END_TEST

START_TEST(registry_is_what_has_a_dot_or_port_or_is_localhost)
{
    assert_full("ghcr.io/a/b:c", "ghcr.io/a/b:c");
    assert_full("localhost/a", "localhost/a:latest");
    assert_full("localhost:5000/a", "localhost:5000/a:latest");
    assert_full("127.0.0.1:5000/a/b", "127.0.0.1:5000/a/b:latest");
    assert_full("[::1]:5000/a", "[::1]:5000/a:latest");
    assert_full("registry:5000/a", "registry:5000/a:latest");
    assert_full("Registry/a", "Registry/a:latest");
    assert_full("registry/a", "docker.io/registry/a:latest");
    assert_full("xn--bcher-kva.example/a", "xn--bcher-kva.example/a:latest");
}
END_TEST

START_TEST(tag_and_digest_are_told_apart)
{
    struct reference ref;
    struct error err;

    ck_assert_int_eq(reference_parse("reg.example:5000/a/b:1@sha256:" ZEROS, &ref, &err), 0);
    ck_assert_str_eq(ref.registry, "reg.example:5000");
    ck_assert_str_eq(ref.repository, "a/b");
    ck_assert_str_eq(ref.tag, "1");
    ck_assert_str_eq(ref.digest, "sha256:" ZEROS);
    ck_assert_str_eq(ref.name, "reg.example:5000/a/b:1@sha256:" ZEROS);
    reference_free(&ref);
}
END_TEST

START_TEST(digest_alone_has_no_tag)
{
    struct reference ref;
    struct error err;

    ck_assert_int_eq(reference_parse("alpine@sha256:" ZEROS, &ref, &err), 0);
    ck_assert_ptr_null(ref.tag);
    ck_assert_str_eq(ref.name, "docker.io/library/alpine@sha256:" ZEROS);
    reference_free(&ref);
}
END_TEST

START_TEST(separators_join_words)
{
    assert_full("a.b_c__d-e---f", "docker.io/library/a.b_c__d-e---f:latest");
    assert_refused("a..b", "\"a..b\"");
    assert_refused("a___b", "\"a___b\"");
    assert_refused("-a", "\"-a\"");
    assert_refused("a-", "\"a-\"");
    assert_refused("a._b", "\"a._b\"");
    assert_refused("x/a.", "\"a.\"");
}
END_TEST

START_TEST(empty_parts_are_refused)
{
    assert_refused("", "empty");
    assert_refused("a//b", "\"\"");
    assert_refused("a/", "\"\"");
    assert_refused("/a", "\"\"");
    assert_refused("a:", "tag");
    assert_refused("a@", "digest");
    assert_refused(":a", "\"\"");
    assert_refused("ghcr.io/", "\"\"");
}
END_TEST

START_TEST(upper_case_repository_says_lower_case)
{
    assert_refused("Alpine", "lower case");
    assert_refused("ghcr.io/Me/app", "lower case");
}
END_TEST

START_TEST(address_is_answered_with_the_name)
{
    assert_refused("https://ghcr.io/a/b", "write the name alone: ghcr.io/a/b");
    assert_refused("docker://alpine", "write the name alone: alpine");
}
END_TEST

START_TEST(image_id_is_no_name)
{
    assert_refused(ZEROS, "image's ID");
}
END_TEST

START_TEST(bad_hosts_and_ports_are_refused)
{
    assert_refused("reg.example:port/a", "host name");
    assert_refused("reg.example:65536/a", "host name");
    assert_refused("reg.example:/a", "host name");
    assert_refused("-reg.example/a", "host name");
    assert_refused("reg..example/a", "host name");
    assert_refused("[::1/a", "host name");
    assert_refused("re g.example/a", "host name");
    assert_refused("user@reg.example/a", "digest");
}
END_TEST

START_TEST(bad_tags_are_refused)
{
    assert_refused("a:.b", "tag");
    assert_refused("a:-b", "tag");
    assert_refused("a:b c", "tag");
    assert_refused("a:b\n", "tag");
    assert_refused("a:\xc3\xa9", "tag");
}
END_TEST

START_TEST(other_digest_algorithms_are_refused_by_name)
{
    assert_refused("a@sha512:" ZEROS ZEROS, "sha512 digests are not supported");
    assert_refused("a@sha256:" ZEROS "0", "64 digits");
    assert_refused("a@sha256:../../etc/passwd", "64 digits");
    assert_refused("a@sha256:ABCDEF00000000000000000000000000000000000000000000000000000000AB", "64 digits");
}
END_TEST

START_TEST(lengths_are_bounded)
{
    char name[300], tag[300], full[400];

    memset(name, 'a', sizeof name);
    name[255 - strlen("docker.io/library/")] = '\0';
    snprintf(full, sizeof full, "docker.io/library/%s:latest", name);
    assert_full(name, full);
    name[strlen(name)] = 'a';
    name[255 - strlen("docker.io/library/") + 1] = '\0';
    assert_refused(name, "longer than 255");
    memset(tag, 'a', sizeof tag);
    memcpy(tag, "a:", 2);
    tag[2 + 128] = '\0';
    snprintf(full, sizeof full, "docker.io/library/%s", tag);
    assert_full(tag, full);
    tag[2 + 128] = 'a';
    tag[2 + 129] = '\0';
    assert_refused(tag, "longer than 128");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { short_names_are_docker_hubs, 0, 0 },
        { registry_is_what_has_a_dot_or_port_or_is_localhost, 0, 0 },
        { tag_and_digest_are_told_apart, 0, 0 },
        { digest_alone_has_no_tag, 0, 0 },
        { separators_join_words, 0, 0 },
        { empty_parts_are_refused, 0, 0 },
        { upper_case_repository_says_lower_case, 0, 0 },
        { address_is_answered_with_the_name, 0, 0 },
        { image_id_is_no_name, 0, 0 },
        { bad_hosts_and_ports_are_refused, 0, 0 },
        { bad_tags_are_refused, 0, 0 },
        { other_digest_algorithms_are_refused_by_name, 0, 0 },
        { lengths_are_bounded, 0, 0 },
    };

    return RUN_TESTS("02-pull/reference", tests, argc, argv);
}
