/* Registries whose manifests, or what goes with them, are not to be believed (tests/support/faultserver.py). */
#include "faultserver.h"
#include "testing.h"

#include <string.h>

START_TEST(manifest_of_another_digest_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("manifest_wrong_digest");

    assert_failed(&pulled, "Docker-Content-Digest sha256:0000");
}
END_TEST

START_TEST(oversized_manifest_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("manifest_oversized");

    assert_failed(&pulled, "longer than 4194304 bytes");
}
END_TEST

START_TEST(digest_that_is_a_path_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("manifest_names_a_path");

    assert_failed(&pulled, "../../");
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "/blobs/"), 0);
}
END_TEST

START_TEST(image_for_another_platform_is_refused_before_its_layers)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("wrong_platform");

    assert_failed(&pulled, "linux/s390x");
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "/blobs/"), 1);
}
END_TEST

START_TEST(registrys_words_cannot_drive_the_terminal)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("manifest_escape_sequence");

    assert_failed(&pulled, "404 not found: \\x1b]0;owned");
    ck_assert_ptr_null(strchr(pulled.outcome.err, '\x1b'));
}
END_TEST

START_TEST(schema_1_says_what_to_do)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_manifest(
        "{\"schemaVersion\":1,\"fsLayers\":[]}", "application/vnd.docker.distribution.manifest.v1+prettyjws");

    assert_failed(&pulled, "push the image again");
}
END_TEST

START_TEST(malformed_manifest_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_manifest("{\"schemaVersion\":2,", NULL);

    assert_failed(&pulled, "/manifests/1: ");
}
END_TEST

START_TEST(web_page_is_no_manifest)
{
    _cleanup_(pulled_end) struct pulled pulled =
        pull_manifest("<html>Welcome to our hotel</html>", "text/html");

    assert_failed(&pulled, "/manifests/1: ");
}
END_TEST

START_TEST(index_that_leads_nowhere_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_manifest(
        "{\"schemaVersion\":2,\"manifests\":[{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"size\":9,"
        "\"digest\":\"sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"}]}",
        "application/vnd.oci.image.index.v1+json");

    assert_failed(&pulled, "and should be sha256:aaaa");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { manifest_of_another_digest_is_refused, 0, 0 },
        { oversized_manifest_is_refused, 0, 0 },
        { digest_that_is_a_path_is_refused, 0, 0 },
        { image_for_another_platform_is_refused_before_its_layers, 0, 0 },
        { registrys_words_cannot_drive_the_terminal, 0, 0 },
        { schema_1_says_what_to_do, 0, 0 },
        { malformed_manifest_is_refused, 0, 0 },
        { web_page_is_no_manifest, 0, 0 },
        { index_that_leads_nowhere_is_refused, 0, 0 },
    };

    return RUN_TESTS("02-pull/answers", tests, argc, argv);
}
