/* 02.2: the forms a challenge can have, and those it must not have. */
#include "exercise.h"

#include "keep.h"
#include "token_address.h"

#include <stdio.h>

#define REALM "realm=\"https://auth.example/token\""

/* What token_address returns for the header, which is printed first, for a learner whose code crashes; shown_error
 * for NULL. */
static const char *address_of(const char *header)
{
    struct error err = { 0 };
    char *address;

    printf("reading %s\n", header);
    address = token_address(header, &err);
    return address ? keep(address) : shown_error(&err);
}

/* What is wanted of a header that leads nowhere. */
#define ERROR NULL

/* Fail where HEADER leads to something else than WANTED. */
static void expect(const char *header, const char *wanted, const char *file, int line)
{
    if (wanted)
        wanted_text(header, address_of(header), wanted, file, line);
    else
        wanted_error(header, address_of(header), file, line);
}
#define EXPECT(header, wanted) expect(header, wanted, __FILE__, __LINE__)

START_TEST(realm_service_and_scope_make_the_address)
{
    EXPECT("Bearer " REALM ",service=\"reg.example\",scope=\"pull\"",
           "https://auth.example/token?service=reg.example&scope=pull");
}
END_TEST

START_TEST(what_is_not_said_is_not_asked_for)
{
    EXPECT("Bearer " REALM, "https://auth.example/token");
    EXPECT("Bearer " REALM ",scope=\"pull\"", "https://auth.example/token?scope=pull");
}
END_TEST

START_TEST(parameters_come_in_any_order)
{
    EXPECT("Bearer scope=\"pull\",service=\"reg.example\"," REALM,
           "https://auth.example/token?service=reg.example&scope=pull");
}
END_TEST

START_TEST(names_may_be_in_capitals_or_not)
{
    EXPECT("bearer Realm=\"https://auth.example/token\",SERVICE=\"Reg\"",
           "https://auth.example/token?service=Reg");
}
END_TEST

START_TEST(blanks_and_tabs_separate_too)
{
    EXPECT("Bearer  " REALM " ,\t service\t= \"reg.example\" ",
           "https://auth.example/token?service=reg.example");
}
END_TEST

START_TEST(comma_in_quotes_separates_nothing)
{
    EXPECT("Bearer scope=\"repository:five:pull,push\"," REALM,
           "https://auth.example/token?scope=repository%3Afive%3Apull%2Cpush");
    EXPECT("Bearer scope=\"a,realm=b\"," REALM, "https://auth.example/token?scope=a%2Crealm%3Db");
}
END_TEST

START_TEST(backslash_makes_a_character_itself)
{
    EXPECT("Bearer " REALM ",service=\"a \\\"b\\\" \\\\\"",
           "https://auth.example/token?service=a%20%22b%22%20%5C");
}
END_TEST

START_TEST(value_may_have_no_quotes)
{
    EXPECT("Bearer " REALM ",service=reg.example,scope=pull",
           "https://auth.example/token?service=reg.example&scope=pull");
}
END_TEST

/* No token has a colon or a slash. Half an address is none, and the whole is a guess. */
START_TEST(value_without_quotes_is_a_token)
{
    EXPECT("Bearer realm=https://auth.example/token", ERROR);
    EXPECT("Bearer " REALM ",scope=repository:five:pull", ERROR);
    EXPECT("Bearer " REALM ",service=reg.example/v2,scope=\"pull\"", ERROR);
}
END_TEST

START_TEST(value_may_be_empty_in_quotes_only)
{
    EXPECT("Bearer " REALM ",scope=\"\"", "https://auth.example/token?scope=");
    EXPECT("Bearer " REALM ",service=,scope=\"pull\"", ERROR);
}
END_TEST

START_TEST(unknown_parameter_is_passed_over)
{
    EXPECT("Bearer error=\"insufficient_scope\"," REALM ",x-realm=\"https://elsewhere.example/\"",
           "https://auth.example/token");
}
END_TEST

/* Where the token comes from is said by nothing but a realm. */
START_TEST(name_is_compared_as_a_whole)
{
    EXPECT("Bearer r=\"https://elsewhere.example/\"", ERROR);
    EXPECT("Bearer r=\"https://elsewhere.example/\"," REALM ",s=\"reg\"", "https://auth.example/token");
    EXPECT("Bearer realms=\"https://elsewhere.example/\"," REALM ",scopes=\"pull\"",
           "https://auth.example/token");
}
END_TEST

START_TEST(value_is_escaped)
{
    EXPECT("Bearer " REALM ",service=\"a&scope=b c\"",
           "https://auth.example/token?service=a%26scope%3Db%20c");
}
END_TEST

START_TEST(realm_keeps_its_own_question)
{
    EXPECT("Bearer realm=\"https://auth.example/?for=us\",service=\"reg\",scope=\"pull\"",
           "https://auth.example/?for=us&service=reg&scope=pull");
}
END_TEST

START_TEST(quote_that_is_not_closed_is_an_error)
{
    EXPECT("Bearer " REALM ",scope=\"repository:five:pu", ERROR);
    EXPECT("Bearer " REALM ",scope=\"a\\", ERROR);
    EXPECT("Bearer " REALM ",scope=\"a\\\"", ERROR);
}
END_TEST

START_TEST(name_that_comes_twice_is_an_error)
{
    EXPECT("Bearer " REALM ",realm=\"https://elsewhere.example/\"", ERROR);
    EXPECT("Bearer " REALM ",service=\"a\",service=\"b\"", ERROR);
    EXPECT("Bearer " REALM ",scope=\"a\",scope=\"b\"", ERROR);
    EXPECT("Bearer " REALM ",service=\"\",service=\"b\"", ERROR);
    EXPECT("Bearer realm=\"\"," REALM, ERROR);
}
END_TEST

START_TEST(name_without_a_value_is_an_error)
{
    EXPECT("Bearer " REALM ",scope", ERROR);
    EXPECT("Bearer " REALM ",=\"pull\"", ERROR);
}
END_TEST

START_TEST(name_is_a_token)
{
    EXPECT("Bearer " REALM ",a/b=\"c\"", ERROR);
    EXPECT("Bearer " REALM ",error scope=\"pull\"", ERROR);
    EXPECT("Bearer " REALM ",\"scope\"=\"pull\"", ERROR);
}
END_TEST

START_TEST(comma_that_is_missing_is_an_error)
{
    EXPECT("Bearer " REALM " scope=\"pull\"", ERROR);
    EXPECT("Bearer " REALM "scope=\"pull\"", ERROR);
}
END_TEST

START_TEST(challenge_without_a_realm_is_an_error)
{
    EXPECT("Bearer service=\"reg.example\",scope=\"pull\"", ERROR);
}
END_TEST

START_TEST(challenge_of_another_kind_is_an_error)
{
    EXPECT("Basic " REALM, ERROR);
    EXPECT("Bearers " REALM, ERROR);
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { realm_service_and_scope_make_the_address, 0, 0 },
        { what_is_not_said_is_not_asked_for, 0, 0 },
        { parameters_come_in_any_order, 0, 0 },
        { names_may_be_in_capitals_or_not, 0, 0 },
        { blanks_and_tabs_separate_too, 0, 0 },
        { comma_in_quotes_separates_nothing, 0, 0 },
        { backslash_makes_a_character_itself, 0, 0 },
        { value_may_have_no_quotes, 0, 0 },
        { value_without_quotes_is_a_token, 0, 0 },
        { value_may_be_empty_in_quotes_only, 0, 0 },
        { unknown_parameter_is_passed_over, 0, 0 },
        { name_is_compared_as_a_whole, 0, 0 },
        { value_is_escaped, 0, 0 },
        { realm_keeps_its_own_question, 0, 0 },
        { quote_that_is_not_closed_is_an_error, 0, 0 },
        { name_that_comes_twice_is_an_error, 0, 0 },
        { name_without_a_value_is_an_error, 0, 0 },
        { name_is_a_token, 0, 0 },
        { comma_that_is_missing_is_an_error, 0, 0 },
        { challenge_without_a_realm_is_an_error, 0, 0 },
        { challenge_of_another_kind_is_an_error, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
