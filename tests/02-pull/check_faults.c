/* Registries that misbehave. Each test pulls from one with a fault (tests/support/faultserver.py) and looks at
 * what the user sees, what the server was asked, and what is left in the store. */
#include "faultserver.h"
#include "testing.h"

#include "str.h"

#include <signal.h>
#include <string.h>

/* ---- bodies */

START_TEST(good_registry_is_asked_for_each_thing_once)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("good");

    assert_pulled(&pulled);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", ""), 5);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "authorization"), 0);
}
END_TEST

START_TEST(second_pull_asks_for_the_manifest_only)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("good");
    struct outcome second = pull_again(&pulled, pulled.store, NULL);

    ck_assert_int_eq(second.status, 0);
    ck_assert_str_eq(second.out, pulled.outcome.out);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", ""), 6);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "HEAD /v2/app/manifests/1"), 1);
}
END_TEST

START_TEST(second_pull_copes_without_head)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("manifest_without_head");
    struct outcome second = pull_again(&pulled, pulled.store, NULL);

    ck_assert_int_eq(second.status, 0);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "GET /v2/app/blobs/"), 4);
}
END_TEST

START_TEST(wrong_digest_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("wrong_digest");

    assert_failed(&pulled, "its digest is sha256:");
}
END_TEST

START_TEST(short_body_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("short");

    assert_failed(&pulled, "the manifest says");
}
END_TEST

START_TEST(long_body_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("long");

    assert_failed(&pulled, "the manifest says");
}
END_TEST

START_TEST(endless_body_is_cut_at_its_size)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("endless");

    assert_failed(&pulled, "it is longer than");
}
END_TEST

START_TEST(dropped_connection_is_resumed_where_it_broke)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("dropped");

    assert_pulled(&pulled);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "range=bytes="), 6);
    ck_assert_contains(pulled.outcome.err, "trying again");
}
END_TEST

START_TEST(dropping_without_end_is_given_up)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("dropped_always");

    assert_failed(&pulled, "tried 5 times");
}
END_TEST

START_TEST(registry_without_range_sends_all_again)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("dropped_without_range");

    assert_pulled(&pulled);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "range=bytes="), 3);
}
END_TEST

START_TEST(range_that_was_not_asked_for_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("dropped_then_wrong_range");

    assert_failed(&pulled, "no part of the blob");
}
END_TEST

START_TEST(pieces_that_do_not_fit_are_fetched_in_one)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("dropped_then_other_bytes");

    assert_pulled(&pulled);
    ck_assert_contains(pulled.outcome.err, "do not fit together");
}
END_TEST

START_TEST(stalled_body_is_resumed)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("stalled");

    assert_pulled(&pulled);
    ck_assert_int_eq(faults_count(&pulled.faults, "log", "range=bytes=1000-"), 3);
}
END_TEST

/* ---- statuses */

START_TEST(retry_after_in_seconds_is_waited_for_and_said)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("busy");

    assert_pulled(&pulled);
    ck_assert_contains(pulled.outcome.err, "429 too many requests: slow down; waiting 1 s");
}
END_TEST

START_TEST(retry_after_a_date_is_waited_for)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("busy_until_date");

    assert_pulled(&pulled);
    ck_assert_contains(pulled.outcome.err, "503 service unavailable; waiting ");
}
END_TEST

START_TEST(wait_of_hours_is_not_waited)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("manifest_too_many_requests");

    assert_failed(&pulled, "21600 s");
    ck_assert_contains(pulled.outcome.err, "GOCKER_MIRROR");
    ck_assert_int_eq(faults_count(&pulled.faults, "log", ""), 1);
}
END_TEST

START_TEST(server_errors_are_tried_again)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("server_error");

    assert_pulled(&pulled);
}
END_TEST

START_TEST(lasting_unavailability_is_given_up)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_unavailable");

    assert_failed(&pulled, "503 service unavailable (tried 5 times)");
}
END_TEST

/* ---- redirects */

START_TEST(redirect_carries_no_authorization)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("any_token_and_redirect");

    assert_pulled(&pulled);
    ck_assert_int_eq(faults_count(&pulled.faults, "other-log", "GET /v2/app/blobs/"), 4);
    ck_assert_int_eq(faults_count(&pulled.faults, "other-log", "authorization"), 0);
}
END_TEST

START_TEST(challenge_of_another_host_is_not_answered)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("redirect_to_challenge");

    assert_failed(&pulled, "401 unauthorized");
    ck_assert_int_eq(faults_count(&pulled.faults, "other-log", "/steal"), 0);
}
END_TEST

START_TEST(signature_in_a_redirect_is_not_shown)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("redirect_to_challenge");

    ck_assert_contains(pulled.outcome.err, "redirected to http://");
    ck_assert_ptr_null(strstr(pulled.outcome.err, "signature"));
}
END_TEST

START_TEST(redirect_to_a_file_is_refused)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("redirect_to_file");

    assert_failed(&pulled, "redirected to file:///etc/passwd");
}
END_TEST

START_TEST(redirects_in_a_circle_end)
{
    _cleanup_(pulled_end) struct pulled pulled = pull_scenario("redirect_in_a_circle");

    assert_failed(&pulled, "more than 10 times");
}
END_TEST

/* ---- interruption */

START_TEST(interrupted_pull_leaves_a_clean_store)
{
    struct faults faults = faults_start("slow");
    const char *store = scratch();
    struct running *running =
        start(&(struct how){ 0 },
              (const char *const[]){ binary("02-pull"), "pull", "--store", store, faults.image, NULL });
    _cleanup_(pulled_end) struct pulled pulled = { .faults = faults, .store = store };

    for (int i = 0; i < 100 && faults_count(&faults, "log", "/blobs/") < 3; i++)
        usleep(20000);
    usleep(300000);
    kill(running_pid(running), SIGINT);
    pulled.outcome = finish(running);
    ck_assert_int_eq(pulled.outcome.status, 128 + SIGINT);
    ck_assert_contains(pulled.outcome.err, "interrupted by SIGINT");
    ck_assert_int_eq(files_in(store, ".partial"), 0);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { good_registry_is_asked_for_each_thing_once, 0, 0 },
        { second_pull_asks_for_the_manifest_only, 0, 0 },
        { second_pull_copes_without_head, 0, 0 },
        { wrong_digest_is_refused, 0, 0 },
        { short_body_is_refused, 0, 0 },
        { long_body_is_refused, 0, 0 },
        { endless_body_is_cut_at_its_size, 0, 0 },
        { dropped_connection_is_resumed_where_it_broke, 0, 0 },
        { dropping_without_end_is_given_up, 0, 0 },
        { registry_without_range_sends_all_again, 0, 0 },
        { range_that_was_not_asked_for_is_refused, 0, 0 },
        { pieces_that_do_not_fit_are_fetched_in_one, 0, 0 },
        { stalled_body_is_resumed, 0, 0 },
        { retry_after_in_seconds_is_waited_for_and_said, 0, 0 },
        { retry_after_a_date_is_waited_for, 0, 0 },
        { wait_of_hours_is_not_waited, 0, 0 },
        { server_errors_are_tried_again, 0, 0 },
        { lasting_unavailability_is_given_up, 0, 0 },
        { redirect_carries_no_authorization, 0, 0 },
        { challenge_of_another_host_is_not_answered, 0, 0 },
        { signature_in_a_redirect_is_not_shown, 0, 0 },
        { redirect_to_a_file_is_refused, 0, 0 },
        { redirects_in_a_circle_end, 0, 0 },
        { interrupted_pull_leaves_a_clean_store, 0, 0 },
    };

    return RUN_TESTS("02-pull/faults", tests, argc, argv);
}
