/* Pulling from a real registry: what is in the store then, and what other tools make of it. */
#include "testing.h"

#include "keep.h"
#include "str.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

static const char *reference(const char *registry, const char *name)
{
    return keep(formatted("%s/%s", registry, name));
}

/* Pull NAME of the open registry into STORE; it must succeed. */
static struct outcome pull(const char *store, const char *name)
{
    struct outcome outcome =
        RUN(binary("02-pull"), "pull", "--store", store, reference(registry_address(), name));

    ck_assert_msg(outcome.status == 0, "pull %s: exit status %d:\n%s", name, outcome.status, outcome.err);
    return outcome;
}

/* The output of a shell COMMAND with STORE as $1 and REF as $2; it must succeed. */
static const char *shell(const char *command, const char *store, const char *ref)
{
    struct outcome outcome = RUN("sh", "-ec", command, "sh", store, ref);

    ck_assert_msg(outcome.status == 0, "%s: exit status %d:\n%s%s", command, outcome.status, outcome.out,
                  outcome.err);
    return outcome.out;
}

/* Whatever happened: the layout parses, and every blob there is has the digest it is named by. */
#define VALID                                                                                                \
    "cd $1; python3 -c 'import json; json.load(open(\"oci-layout\")); json.load(open(\"index.json\"))';"     \
    "cd blobs/sha256; for f in *; do [ ! -e $f ] || echo \"$f  $f\" | sha256sum --check --quiet; done"

/* All that the name in the index leads to is there. */
#define COMPLETE                                                                                             \
    "python3 - $1 <<'END'\n"                                                                                 \
    "import json, os, sys\n"                                                                                 \
    "path = lambda d: sys.argv[1] + '/blobs/' + d['digest'].replace(':', '/')\n"                             \
    "for m in json.load(open(sys.argv[1] + '/index.json'))['manifests']:\n"                                  \
    "    manifest = json.load(open(path(m)))\n"                                                              \
    "    for d in [m, manifest['config']] + manifest['layers']:\n"                                           \
    "        assert os.path.getsize(path(d)) == d['size'], d\n"                                              \
    "END\n"

START_TEST(pulled_image_is_valid_and_complete)
{
    const char *store = scratch();

    pull(store, "five:latest");
    shell(VALID, store, "");
    shell(COMPLETE, store, "");
}
END_TEST

START_TEST(digest_of_the_manifest_is_printed)
{
    const char *store = scratch(), *digest = pull(store, "busybox:latest").out;

    ck_assert_str_eq(digest, shell("skopeo inspect --tls-verify=false --format '{{.Digest}}' docker://$2",
                                   store, reference(registry_address(), "busybox:latest")));
}
END_TEST

START_TEST(digest_of_an_index_is_the_indexs)
{
    const char *store = scratch(), *digest = pull(store, "multi:latest").out;

    ck_assert_str_eq(digest, shell("skopeo inspect --tls-verify=false --format '{{.Digest}}' docker://$2",
                                   store, reference(registry_address(), "multi:latest")));
    shell("test -e $1/blobs/$(echo $2 | tr : /)", store, digest);
}
END_TEST

static void assert_tools_read(const char *name)
{
    const char *store = scratch();

    pull(store, name);
    shell("skopeo inspect oci:$1:$2", store, reference(registry_address(), name));
    shell("skopeo copy -q oci:$1:$2 dir:$1.copy", store, reference(registry_address(), name));
    shell("umoci unpack --rootless --image $1:$2 $1.bundle && test -e $1.bundle/rootfs/bin/busybox", store,
          reference(registry_address(), name));
}

START_TEST(other_tools_read_oci_images)
{
    assert_tools_read("busybox:latest");
}
END_TEST

START_TEST(other_tools_read_docker_images)
{
    assert_tools_read("busybox:docker");
}
END_TEST

START_TEST(second_pull_of_a_docker_image_is_up_to_date)
{
    const char *store = scratch(), *first = pull(store, "busybox:docker").out;
    struct outcome second = pull(store, "busybox:docker");

    ck_assert_str_eq(second.out, first);
    ck_assert_contains(second.err, "is up to date");
}
END_TEST

START_TEST(blobs_of_another_image_are_not_fetched_again)
{
    const char *store = scratch();

    pull(store, "busybox:latest");
    ck_assert_contains(pull(store, "configured:latest").err, "already there");
}
END_TEST

/* ---- platforms */

/* /etc/platform of the image NAME, pulled with --platform PLATFORM. */
static const char *chosen(const char *store, const char *platform, const char *name)
{
    struct outcome outcome = RUN(binary("02-pull"), "pull", "--store", store, "--platform", platform,
                                 reference(registry_address(), name));

    ck_assert_msg(outcome.status == 0, "%s: %s", platform, outcome.err);
    return shell(
        "skopeo inspect --config oci:$1:$2 | python3 -c 'import json, sys; c = json.load(sys.stdin); "
        "print(\"/\".join(filter(None, [c[\"os\"], c[\"architecture\"], c.get(\"variant\")])))'",
        store, reference(registry_address(), name));
}

START_TEST(platform_that_is_asked_for_is_pulled)
{
    const char *store = scratch();

    ck_assert_str_eq(chosen(store, "linux/arm64", "multi:latest"), "linux/arm64/v8\n");
    ck_assert_str_eq(chosen(store, "linux/arm/v6", "multi:latest"), "linux/arm/v6\n");
    ck_assert_str_eq(chosen(store, "linux/arm/v7", "multi:docker"), "linux/arm/v7\n");
}
END_TEST

START_TEST(arm_v8_takes_v7)
{
    ck_assert_str_eq(chosen(scratch(), "linux/arm/v8", "multi:latest"), "linux/arm/v7\n");
}
END_TEST

START_TEST(index_without_this_machine_lists_its_platforms)
{
    struct outcome outcome =
        RUN(binary("02-pull"), "pull", "--store", scratch(), reference(registry_address(), "multi:foreign"));

    ck_assert_int_eq(outcome.status, 1);
    ck_assert_contains(outcome.err, "linux/mips64le");
}
END_TEST

/* ---- authentication, TLS, mirrors */

static struct outcome pull_as(const char *registry, const char *name, const char *login, const char *more)
{
    const char *home = scratch();
    _cleanup_free_ char *env = formatted("DOCKER_CONFIG=%s", home);
    _cleanup_free_ char *config = formatted("{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}", registry, login);
    const char *const envs[] = { env, NULL };
    const char *const argv[] = { binary("02-pull"),         "pull", "--store",     scratch(),
                                 reference(registry, name), more,   registry_ca(), NULL };

    if (login)
        put_file(home, "config.json", config);
    return run_how(&(struct how){ .env = envs }, argv);
}

#define LEARNER "bGVhcm5lcjpzZWNyZXQ="
#define WRONG   "bGVhcm5lcjp3cm9uZw=="

static void assert_status(struct outcome outcome, int status)
{
    ck_assert_msg(outcome.status == status, "wanted exit status %d, got %d:\n%s", status, outcome.status,
                  outcome.err);
}

START_TEST(anonymous_token_is_enough_for_public_images)
{
    assert_status(pull_as(token_registry_address(), "busybox:latest", NULL, NULL), 0);
}
END_TEST

START_TEST(private_image_needs_the_login)
{
    struct outcome nobody = pull_as(token_registry_address(), "private/busybox:latest", NULL, NULL);

    assert_status(nobody, 1);
    ck_assert_contains(nobody.err, "needs a login");
    assert_status(pull_as(token_registry_address(), "private/busybox:latest", LEARNER, NULL), 0);
}
END_TEST

START_TEST(wrong_password_is_said_by_the_token_server)
{
    struct outcome outcome = pull_as(token_registry_address(), "busybox:latest", WRONG, NULL);

    assert_status(outcome, 1);
    ck_assert_contains(outcome.err, "401 unauthorized: incorrect username or password");
}
END_TEST

START_TEST(tls_and_a_password_work_with_the_authority)
{
    assert_status(pull_as(tls_registry_address(), "busybox:latest", LEARNER, "--ca"), 0);
}
END_TEST

START_TEST(password_is_asked_for_by_name)
{
    struct outcome outcome = pull_as(tls_registry_address(), "busybox:latest", NULL, "--ca");

    assert_status(outcome, 1);
    ck_assert_contains(outcome.err, "docker login");
}
END_TEST

START_TEST(unknown_authority_is_refused_and_insecure_takes_it)
{
    struct outcome outcome = RUN(binary("02-pull"), "pull", "--store", scratch(),
                                 reference(tls_registry_address(), "busybox:latest"));

    assert_status(outcome, 1);
    ck_assert_contains(outcome.err, "--ca FILE");
    outcome = RUN(binary("02-pull"), "pull", "--store", scratch(), "--insecure",
                  reference(tls_registry_address(), "busybox:latest"));
    ck_assert_contains(outcome.err, "docker login"); /* it got as far as that */
}
END_TEST

static struct outcome pull_by_mirror(const char *mirror, const char *name)
{
    _cleanup_free_ char *env = formatted("GOCKER_MIRROR=%s", mirror);
    const char *const argv[] = { binary("02-pull"), "pull", "--store", scratch(), name, NULL };
    const char *const envs[] = { env, "https_proxy=http://127.0.0.1:1", NULL }; /* Docker Hub itself: never */

    return run_how(&(struct how){ .env = envs }, argv);
}

START_TEST(mirror_serves_docker_hubs_names)
{
    _cleanup_free_ char *address = formatted("http://%s", registry_address());

    assert_status(pull_by_mirror(registry_address(), "busybox"), 0);
    assert_status(pull_by_mirror(address, "docker.io/library/busybox:latest"), 0);
}
END_TEST

START_TEST(what_the_mirror_lacks_docker_hub_is_asked_for)
{
    struct outcome outcome = pull_by_mirror(registry_address(), "no-such-image");

    assert_status(outcome, 1);
    ck_assert_contains(outcome.err, "404 not found");
    ck_assert_contains(outcome.err, "asking docker.io");
    ck_assert_contains(outcome.err, "https://registry-1.docker.io/v2/library/no-such-image/manifests/latest");
}
END_TEST

START_TEST(mirror_that_is_no_host_is_refused)
{
    struct outcome outcome = pull_by_mirror("ftp://mirror.example/path", "busybox");

    assert_status(outcome, 1);
    ck_assert_contains(outcome.err, "GOCKER_MIRROR");
}
END_TEST

/* ---- the command */

START_TEST(missing_image_is_named_with_the_registrys_words)
{
    struct outcome outcome =
        RUN(binary("02-pull"), "pull", "--store", scratch(), reference(registry_address(), "busybox:none"));

    assert_status(outcome, 1);
    ck_assert_contains(outcome.err, "/v2/busybox/manifests/none: 404 not found: manifest unknown");
    ck_assert_str_eq(outcome.out, "");
}
END_TEST

START_TEST(quiet_prints_the_digest_only)
{
    struct outcome outcome = RUN(binary("02-pull"), "pull", "-q", "--store", scratch(),
                                 reference(registry_address(), "five:latest"));

    assert_status(outcome, 0);
    ck_assert_str_eq(outcome.err, "");
    ck_assert_uint_eq(outcome.out_length, strlen("sha256:") + 64 + 1);
}
END_TEST

START_TEST(name_with_a_digest_is_verified)
{
    const char *store = scratch();
    _cleanup_free_ char *digest = must_strdup(pull(store, "busybox:latest").out);
    _cleanup_free_ char *name = formatted("busybox@%.71s", digest);

    ck_assert_str_eq(pull(scratch(), name).out, digest);
}
END_TEST

/* ---- several at once, and sudden ends */

START_TEST(two_pulls_of_the_same_both_succeed)
{
    const char *store = scratch();
    const char *const argv[] = {
        binary("02-pull"), "pull", "--store", store, reference(registry_address(), "five:latest"), NULL
    };
    struct running *first = start(&(struct how){ 0 }, argv), *second = start(&(struct how){ 0 }, argv);

    assert_status(finish(first), 0);
    assert_status(finish(second), 0);
    shell(VALID, store, "");
    shell(COMPLETE, store, "");
}
END_TEST

/* Killed at 20 moments, spread over the time that a pull takes. */
START_TEST(killed_pull_leaves_a_valid_store)
{
    const char *store = scratch();
    const char *const argv[] = {
        binary("02-pull"), "pull", "--store", store, reference(registry_address(), "five:latest"), NULL
    };
    int valid = 0;

    for (unsigned i = 0; i < 20; i++) {
        struct running *running = start(&(struct how){ 0 }, argv);

        usleep(3000 * (i + 1));
        kill(running_pid(running), SIGKILL);
        finish(running);
        if (access(reference(store, "index.json"), F_OK) < 0)
            continue; /* the store itself was not begun */
        shell(VALID, store, "");
        shell(COMPLETE, store, "");
        valid++;
    }
    ck_assert_int_gt(valid, 0);
    pull(store, "five:latest");
    shell(VALID, store, "");
    shell(COMPLETE, store, "");
    ck_assert_str_eq(shell("ls -A $1/.partial", store, ""), "");
}
END_TEST

START_TEST(memory_does_not_grow_with_the_layer)
{
    struct outcome outcome = pull(scratch(), "five:latest");

    ck_assert_msg(outcome.max_rss_kib <= 24 * 1024L, "wanted at most 24 MiB resident, got %ld KiB",
                  outcome.max_rss_kib);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { pulled_image_is_valid_and_complete, NEED_REGISTRY, 0 },
        { digest_of_the_manifest_is_printed, NEED_REGISTRY, 0 },
        { digest_of_an_index_is_the_indexs, NEED_REGISTRY, 0 },
        { other_tools_read_oci_images, NEED_REGISTRY, 0 },
        { other_tools_read_docker_images, NEED_REGISTRY, 0 },
        { second_pull_of_a_docker_image_is_up_to_date, NEED_REGISTRY, 0 },
        { blobs_of_another_image_are_not_fetched_again, NEED_REGISTRY, 0 },
        { platform_that_is_asked_for_is_pulled, NEED_REGISTRY, 0 },
        { arm_v8_takes_v7, NEED_REGISTRY, 0 },
        { index_without_this_machine_lists_its_platforms, NEED_REGISTRY, 0 },
        { anonymous_token_is_enough_for_public_images, NEED_REGISTRY, 0 },
        { private_image_needs_the_login, NEED_REGISTRY, 0 },
        { wrong_password_is_said_by_the_token_server, NEED_REGISTRY, 0 },
        { tls_and_a_password_work_with_the_authority, NEED_REGISTRY, 0 },
        { password_is_asked_for_by_name, NEED_REGISTRY, 0 },
        { unknown_authority_is_refused_and_insecure_takes_it, NEED_REGISTRY, 0 },
        { mirror_serves_docker_hubs_names, NEED_REGISTRY, 0 },
        { what_the_mirror_lacks_docker_hub_is_asked_for, NEED_REGISTRY, 0 },
        { mirror_that_is_no_host_is_refused, NEED_REGISTRY, 0 },
        { missing_image_is_named_with_the_registrys_words, NEED_REGISTRY, 0 },
        { quiet_prints_the_digest_only, NEED_REGISTRY, 0 },
        { name_with_a_digest_is_verified, NEED_REGISTRY, 0 },
        { two_pulls_of_the_same_both_succeed, NEED_REGISTRY, 0 },
        { killed_pull_leaves_a_valid_store, NEED_REGISTRY, 0 },
        { memory_does_not_grow_with_the_layer, NEED_REGISTRY | NEED_NATIVE, 0 },
    };

    return RUN_TESTS("02-pull/pull", tests, argc, argv);
}
