/* Tokens and logins on the wire: who is asked for a token, and who gets to see it. */
#include "faultserver.h"
#include "testing.h"

#include "str.h"

#include <stdio.h>
#include <string.h>

/* DIRECTORY/config.json with a login for the fault server, and the environment that names it. */
static const char *log_in(const struct faults *faults, const char *auth)
{
    static char env[4096];
    const char *directory = scratch();
    _cleanup_free_ char *config = formatted("{\"auths\":{\"%s\":{%s}}}", faults->registry, auth);

    put_file(directory, "config.json", config);
    ck_assert_int_lt(snprintf(env, sizeof env, "DOCKER_CONFIG=%s", directory), sizeof env);
    return env;
}

#define LEARNER "\"auth\":\"bGVhcm5lcjpzZWNyZXQ=\""
#define BASIC   "authorization=Basic bGVhcm5lcjpzZWNyZXQ="

START_TEST(anonymous_token_is_asked_for_once)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_token");

    assert_pulled(&pulled);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "GET /token"), 1);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "authorization=Bearer token-1"), 5);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "authorization=Basic"), 0);
}
END_TEST

START_TEST(service_and_scope_are_escaped)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_token");

    ck_assert_int_eq(faults_count(&pulled.faults, "log",
                                  "GET /token?service=s%2C%20really&scope=repository%3Aapp%3Apull%2Cpush"),
                     1);
}
END_TEST

START_TEST(password_goes_to_the_realm_only)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_token_and_redirect");

    pulled.store = scratch();
    pulled.outcome = pull_again(&pulled, pulled.store, log_in(&pulled.faults, LEARNER));
    assert_pulled(&pulled);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", BASIC), 1);
    ck_assert_int_eq(faults_count(&pulled.faults, "log",
                                  "GET /token?service=s%2C%20really&scope=repository%3Aapp"
                                  "%3Apull%2Cpush " BASIC),
                     1);
    ck_assert_int_eq(faults_count(&pulled.faults, "other-log", "authorization"), 0);
}
END_TEST

START_TEST(identity_token_is_exchanged)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_identity_token");

    pulled.store = scratch();
    pulled.outcome =
        pull_again(&pulled, pulled.store, log_in(&pulled.faults, LEARNER ",\"identitytoken\":\"id/1\""));
    assert_pulled(&pulled);
    ck_assert_str_eq(get_file(pulled.faults.directory, "form"),
                     "grant_type=refresh_token&client_id=gocker&refresh_token=id%2F1&service=s%2C%20really&"
                     "scope=repository%3Aapp%3Apull%2Cpush");
}
END_TEST

START_TEST(refused_token_is_renewed_midway)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_token_expires");

    assert_pulled(&pulled);
    ck_assert_int_gt(faults_count(&pulled.faults, "log", "GET /token"), 1);
}
END_TEST

START_TEST(token_is_renewed_before_it_expires)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_token_of_a_second");

    assert_pulled(&pulled);
    ck_assert_int_gt(faults_count(&pulled.faults, "log", "GET /token"), 1);
}
END_TEST

START_TEST(token_that_is_not_enough_says_what_may_be)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_refused");

    assert_failed(&pulled, "401 unauthorized; it does not exist, or needs a login");
}
END_TEST

START_TEST(realm_that_is_a_file_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_realm_is_a_file");

    assert_failed(&pulled, "no http or https address: file:///etc/passwd");
}
END_TEST

START_TEST(password_is_not_sent_unencrypted)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_realm_is_plain");

    pulled.store = scratch();
    pulled.outcome = pull_again(&pulled, pulled.store, log_in(&pulled.faults, LEARNER));
    assert_failed(&pulled, "is not https");
}
END_TEST

START_TEST(token_cannot_inject_a_header)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_token_with_a_line_break");

    assert_failed(&pulled, "holds no token");
}
END_TEST

START_TEST(unknown_kind_of_authentication_is_named)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_other_scheme");

    assert_failed(&pulled, "Negotiate");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { anonymous_token_is_asked_for_once, 0, 0 },         { service_and_scope_are_escaped, 0, 0 },
        { password_goes_to_the_realm_only, 0, 0 },           { identity_token_is_exchanged, 0, 0 },
        { refused_token_is_renewed_midway, 0, 0 },           { token_is_renewed_before_it_expires, 0, 0 },
        { token_that_is_not_enough_says_what_may_be, 0, 0 }, { realm_that_is_a_file_is_refused, 0, 0 },
        { password_is_not_sent_unencrypted, 0, 0 },          { token_cannot_inject_a_header, 0, 0 },
        { unknown_kind_of_authentication_is_named, 0, 0 },
    };

    return RUN_TESTS("02-pull/login", tests, argc, argv);
}
