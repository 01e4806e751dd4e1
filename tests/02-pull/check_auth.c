/* Challenges, tokens and stored logins. */
#include "auth.h"
#include "challenge.h"
#include "credentials.h"
#include "process.h"
#include "testing.h"

#include "str.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* ---- challenges */

static void assert_challenge(const char *header, const char *realm, const char *service, const char *scope)
{
    struct challenge challenge = { 0 };

    challenge_parse(header, &challenge);
    ck_assert_pstr_eq(challenge.realm, realm);
    ck_assert_pstr_eq(challenge.service, service);
    ck_assert_pstr_eq(challenge.scope, scope);
    challenge_free(&challenge);
}

START_TEST(docker_hubs_challenge_is_understood)
{
    assert_challenge("Bearer realm=\"https://auth.docker.io/token\",service=\"registry.docker.io\","
                     "scope=\"repository:library/alpine:pull\"",
                     "https://auth.docker.io/token", "registry.docker.io", "repository:library/alpine:pull");
}
END_TEST

START_TEST(commas_and_escapes_in_quotes_are_part_of_the_value)
{
    assert_challenge("Bearer realm=\"https://a/t\", scope=\"repository:a:pull,push\"", "https://a/t", NULL,
                     "repository:a:pull,push");
    assert_challenge("Bearer realm=\"a\\\"b\\\\c\", service=\"x, y\"", "a\"b\\c", "x, y", NULL);
}
END_TEST

START_TEST(spacing_case_and_order_do_not_matter)
{
    assert_challenge("bEARER  SERVICE = s ,, Realm = \"r\"  ", "r", "s", NULL);
    assert_challenge("Bearer realm=r,error=\"invalid_token\",scope=\"a\"", "r", NULL, "a");
}
END_TEST

START_TEST(bearer_is_found_among_others)
{
    assert_challenge("Negotiate, Basic realm=\"x\", Bearer realm=\"r\",service=\"s\", Digest realm=\"d\"",
                     "r", "s", NULL);
    assert_challenge("Negotiate YWJjZA==, Bearer realm=\"r\"", "r", NULL, NULL);
}
END_TEST

START_TEST(basic_is_noticed_and_its_realm_is_not_bearers)
{
    struct challenge challenge = { 0 };

    challenge_parse("Basic realm=\"x\"", &challenge);
    ck_assert(challenge.basic);
    ck_assert_ptr_null(challenge.realm);
    challenge_free(&challenge);
}
END_TEST

START_TEST(garbage_is_passed_over)
{
    assert_challenge("", NULL, NULL, NULL);
    assert_challenge("\"", NULL, NULL, NULL);
    assert_challenge("Bearer", NULL, NULL, NULL);
    assert_challenge("Bearer realm=\"never closed", "never closed", NULL, NULL);
    assert_challenge("Bearer =x,realm=\"r\"", NULL, NULL, NULL);
    assert_challenge("Bearer realm=\"ends in \\", "ends in \\", NULL, NULL);
}
END_TEST

/* ---- tokens */

static void assert_token(const char *answer, const char *wanted, int64_t wanted_s)
{
    struct error err = { 0 };
    int64_t expires_s = -1;
    char *token = token_parse(answer, strlen(answer), &expires_s, &err);

    ck_assert_msg(token, "%s: %s", answer, err.text);
    ck_assert_str_eq(token, wanted);
    ck_assert_int_eq(expires_s, wanted_s);
    free(token);
}

START_TEST(token_and_access_token_are_taken)
{
    assert_token("{\"token\":\"a\",\"expires_in\":300}", "a", 300);
    assert_token("{\"access_token\":\"b\",\"expires_in\":1}", "b", 1);
    assert_token("{\"token\":\"a\",\"access_token\":\"b\"}", "a", 60);
    assert_token("{\"token\":\"\",\"access_token\":\"b\"}", "b", 60);
}
END_TEST

START_TEST(token_without_expiry_lives_a_minute)
{
    assert_token("{\"token\":\"a\"}", "a", 60);
    assert_token("{\"token\":\"a\",\"expires_in\":-5}", "a", 60);
    assert_token("{\"token\":\"a\",\"expires_in\":\"soon\"}", "a", 60);
}
END_TEST

START_TEST(tokens_that_are_no_word_are_refused)
{
    static const char *const bad[] = { "{}",
                                       "[]",
                                       "no",
                                       "{\"token\":\"\"}",
                                       "{\"token\":7}",
                                       "{\"token\":\"a\\r\\nX: y\"}",
                                       "{\"token\":\"a b\"}",
                                       "{\"token\":\"\\u00e9\"}" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = { 0 };
        int64_t expires_s;

        ck_assert_msg(!token_parse(bad[i], strlen(bad[i]), &expires_s, &err), "%s is taken", bad[i]);
        ck_assert_contains(err.text, "token server's answer");
    }
}
END_TEST

/* ---- logins */

/* With this config.json, who are we to REGISTRY? "user:password", "token:…" or "nobody". */
static const char *login(const char *config, const char *registry)
{
    static char text[2304];
    const char *home = scratch();
    struct credentials credentials;
    struct error err = { 0 };

    put_file(home, "config.json", config);
    setenv("DOCKER_CONFIG", home, 1);
    interrupt_catch(); /* as main does: a helper may end before it reads what it is asked */
    if (credentials_find(registry, &credentials, &err) < 0)
        snprintf(text, sizeof text, "error: %s", err.text);
    else if (credentials.identity_token)
        snprintf(text, sizeof text, "token:%s", credentials.identity_token);
    else if (credentials.user)
        snprintf(text, sizeof text, "%s:%s", credentials.user, credentials.password);
    else
        snprintf(text, sizeof text, "nobody");
    credentials_free(&credentials);
    return text;
}

/* A helper docker-credential-NAME first in PATH. */
static void put_helper(const char *name, const char *script)
{
    const char *directory = scratch();
    _cleanup_free_ char *file = formatted("docker-credential-%s", name);
    _cleanup_free_ char *full = formatted("%s/%s", directory, file);
    _cleanup_free_ char *path = formatted("%s:%s", directory, getenv("PATH"));

    put_file(directory, file, script);
    ck_assert_int_eq(chmod(full, 0755), 0);
    setenv("PATH", path, 1);
}

START_TEST(auths_give_user_and_password)
{
    /* learner:se:cret */
    const char *config = "{\"auths\":{\"127.0.0.1:5000\":{\"auth\":\"bGVhcm5lcjpzZTpjcmV0\"}}}";

    ck_assert_str_eq(login(config, "127.0.0.1:5000"), "learner:se:cret");
    ck_assert_str_eq(login(config, "127.0.0.1:5001"), "nobody");
    ck_assert_str_eq(login(config, "127.0.0.1"), "nobody");
    ck_assert_str_eq(login(config, "docker.io"), "nobody");
}
END_TEST

START_TEST(docker_hub_has_its_old_name)
{
    const char *config = "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"YTpi\"}}}";

    ck_assert_str_eq(login(config, "docker.io"), "a:b");
    ck_assert_str_eq(login(config, "registry-1.docker.io"), "nobody");
}
END_TEST

START_TEST(addresses_as_keys_mean_their_host)
{
    ck_assert_str_eq(login("{\"auths\":{\"https://reg.example/v1/\":{\"auth\":\"YTpi\"}}}", "reg.example"),
                     "a:b");
    ck_assert_str_eq(login("{\"auths\":{\"https://reg.example/v1/\":{\"auth\":\"YTpi\"}}}", "reg.exam"),
                     "nobody");
}
END_TEST

START_TEST(identity_tokens_count)
{
    ck_assert_str_eq(login("{\"auths\":{\"r.io\":{\"auth\":\"YTpi\",\"identitytoken\":\"id\"}}}", "r.io"),
                     "token:id");
}
END_TEST

START_TEST(entries_without_secrets_are_nobody)
{
    ck_assert_str_eq(login("{}", "r.io"), "nobody");
    ck_assert_str_eq(login("{\"auths\":{\"r.io\":{}}}", "r.io"), "nobody");
    ck_assert_str_eq(login("{\"auths\":{\"r.io\":{\"username\":\"u\"}}}", "r.io"), "nobody");
}
END_TEST

START_TEST(bad_auth_is_an_error_that_does_not_show_it)
{
    static const char *const bad[] = { "c2VjcmV0", "%%%", "c2VjcmV0=", "AGE6Yg==" };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        _cleanup_free_ char *config = formatted("{\"auths\":{\"r.io\":{\"auth\":\"%s\"}}}", bad[i]);
        const char *got = login(config, "r.io");

        ck_assert_contains(got, "error: ");
        ck_assert_ptr_null(strstr(got, bad[i]));
    }
}
END_TEST

START_TEST(config_that_is_no_json_is_an_error_that_names_it)
{
    const char *got = login("{\"auths\":", "r.io");

    ck_assert_contains(got, "config.json");
}
END_TEST

START_TEST(missing_config_is_nobody)
{
    struct credentials credentials;
    struct error err = { 0 };

    setenv("DOCKER_CONFIG", scratch(), 1);
    ck_assert_int_eq(credentials_find("r.io", &credentials, &err), 0);
    ck_assert_ptr_null(credentials.user);
}
END_TEST

START_TEST(helper_is_asked_by_its_protocol)
{
    put_helper(
        "ours",
        "#!/bin/sh\n"
        "[ \"$1\" = get ] && read -r key\n"
        "echo \"{\\\"ServerURL\\\":\\\"$key\\\",\\\"Username\\\":\\\"$key\\\",\\\"Secret\\\":\\\"s\\\"}\"\n");
    ck_assert_str_eq(login("{\"credHelpers\":{\"r.io\":\"ours\"}}", "r.io"), "r.io:s");
    ck_assert_str_eq(login("{\"credsStore\":\"ours\"}", "docker.io"), "https://index.docker.io/v1/:s");
    ck_assert_str_eq(login("{\"credHelpers\":{\"r.io\":\"ours\"}}", "other.io"), "nobody");
}
END_TEST

START_TEST(helper_may_hold_an_identity_token)
{
    put_helper("ours", "#!/bin/sh\ncat >/dev/null\necho '{\"Username\":\"<token>\",\"Secret\":\"id\"}'\n");
    ck_assert_str_eq(login("{\"credsStore\":\"ours\"}", "r.io"), "token:id");
}
END_TEST

START_TEST(helper_without_an_entry_leaves_auths)
{
    put_helper("ours", "#!/bin/sh\necho 'credentials not found in native keychain'\nexit 1\n");
    ck_assert_str_eq(login("{\"credsStore\":\"ours\",\"auths\":{\"r.io\":{\"auth\":\"YTpi\"}}}", "r.io"),
                     "a:b");
}
END_TEST

START_TEST(helper_that_is_missing_or_broken_leaves_us_anonymous)
{
    put_helper("broken", "#!/bin/sh\necho nonsense\n");
    ck_assert_str_eq(login("{\"credsStore\":\"not-installed-here\"}", "r.io"), "nobody");
    ck_assert_str_eq(login("{\"credsStore\":\"broken\"}", "r.io"), "nobody");
}
END_TEST

START_TEST(helper_must_be_a_name)
{
    ck_assert_contains(login("{\"credsStore\":\"/../../tmp/evil\"}", "r.io"), "must be a name");
}
END_TEST

START_TEST(basic_is_base64_of_user_and_password)
{
    struct credentials credentials = { .user = "learner", .password = "secret" };
    _cleanup_free_ char *basic = credentials_basic(&credentials);

    ck_assert_str_eq(basic, "Basic bGVhcm5lcjpzZWNyZXQ=");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { docker_hubs_challenge_is_understood, 0, 0 },
        { commas_and_escapes_in_quotes_are_part_of_the_value, 0, 0 },
        { spacing_case_and_order_do_not_matter, 0, 0 },
        { bearer_is_found_among_others, 0, 0 },
        { basic_is_noticed_and_its_realm_is_not_bearers, 0, 0 },
        { garbage_is_passed_over, 0, 0 },
        { token_and_access_token_are_taken, 0, 0 },
        { token_without_expiry_lives_a_minute, 0, 0 },
        { tokens_that_are_no_word_are_refused, 0, 0 },
        { auths_give_user_and_password, 0, 0 },
        { docker_hub_has_its_old_name, 0, 0 },
        { addresses_as_keys_mean_their_host, 0, 0 },
        { identity_tokens_count, 0, 0 },
        { entries_without_secrets_are_nobody, 0, 0 },
        { bad_auth_is_an_error_that_does_not_show_it, 0, 0 },
        { config_that_is_no_json_is_an_error_that_names_it, 0, 0 },
        { missing_config_is_nobody, 0, 0 },
        { helper_is_asked_by_its_protocol, 0, 0 },
        { helper_may_hold_an_identity_token, 0, 0 },
        { helper_without_an_entry_leaves_auths, 0, 0 },
        { helper_that_is_missing_or_broken_leaves_us_anonymous, 0, 0 },
        { helper_must_be_a_name, 0, 0 },
        { basic_is_base64_of_user_and_password, 0, 0 },
    };

    return RUN_TESTS("02-pull/auth", tests, argc, argv);
}
