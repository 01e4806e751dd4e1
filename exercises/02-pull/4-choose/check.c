/* 02.4: each rule, alone and against the others. */
#include "exercise.h"

#include "choose.h"
#include "keep.h"
#include "str.h"

#include <string.h>

/* ---- an index in short: an entry a line, of a letter, a platform, and where it is about an entry, that one's letter
 *      and the type
 *
 *     "a linux/arm/v7"   an image; its digest consists of the letter: aaaa...
 *     "b -"              without a platform; "b {}": with an empty one; "b /": with one whose names are empty
 *     "c unknown/unknown a"   a statement about a, of the type attestation-manifest
 *     "c unknown/unknown a x"   a statement about a, of the type x
 *     "c linux/amd64 a -"   no statement: it has the digest and no type
 *     "! linux/amd64"    its digest is none; "c unknown/unknown !" is about that
 */

/* The digest that LETTER stands for. */
static const char *digest_for(char letter)
{
    char digits[65] = { 0 };

    if (letter == '!')
        return "sha256:../../../etc/passwd";
    memset(digits, letter, 64);
    return keep(formatted("sha256:%s", digits));
}

static void add_platform(struct json_writer *w, const char *text)
{
    static const char *const names[] = { "os", "architecture", "variant" };
    _cleanup_free_ char *copy = must_strdup(text);
    char *rest = strcmp(text, "{}") == 0 ? NULL : copy;

    if (strcmp(text, "-") == 0)
        return;
    json_open_object(w, "platform");
    for (size_t i = 0; i < sizeof names / sizeof *names && rest; i++)
        json_add_string(w, names[i], strsep(&rest, "/"));
    json_close(w);
}

static void add_entry(struct json_writer *w, char *line)
{
    const char *letter = strsep(&line, " "), *platform = strsep(&line, " "), *about = strsep(&line, " "),
               *type = line ? line : "attestation-manifest";

    json_open_object(w, NULL);
    json_add_string(w, "mediaType", "application/vnd.oci.image.manifest.v1+json");
    json_add_string(w, "digest", digest_for(*letter));
    json_add_int(w, "size", 500);
    add_platform(w, platform);
    if (about) {
        json_open_object(w, "annotations");
        if (strcmp(type, "-") != 0)
            json_add_string(w, "vnd.docker.reference.type", type);
        json_add_string(w, "vnd.docker.reference.digest", digest_for(*about));
        json_close(w);
    }
    json_close(w);
}

/* The index that the lines of TEXT stand for, as JSON. */
static const char *index_of(const char *text)
{
    _cleanup_free_ char *copy = must_strdup(text);
    struct json_writer w = { .pretty = true };

    json_open_object(&w, NULL);
    json_add_int(&w, "schemaVersion", 2);
    json_add_string(&w, "mediaType", "application/vnd.oci.image.index.v1+json");
    json_open_array(&w, "manifests");
    for (char *rest = copy, *line; (line = strsep(&rest, "\n")) != NULL;)
        if (*line != '\0')
            add_entry(&w, line);
    json_close(&w);
    json_close(&w);
    return keep(str_take(&w.out));
}

/* ---- the same for people */

/* Append the start of the digest that LETTER stands for. */
static void tell_digest(struct str *s, char letter)
{
    if (letter == '!')
        str_add(s, "(no digest)");
    else
        str_addf(s, "%c%c%c...", letter, letter, letter);
}

/* An entry's LINE in words, appended on a line of its own. */
static void tell_entry(struct str *s, char *line)
{
    const char *letter = strsep(&line, " "), *platform = strsep(&line, " "), *about = strsep(&line, " "),
               *type = line;

    str_add(s, "\n  ");
    tell_digest(s, *letter);
    str_addf(s, " %s",
             strcmp(platform, "-") == 0    ? "without a platform"
             : strcmp(platform, "{}") == 0 ? "with an empty platform"
             : strcmp(platform, "/") == 0  ? "with a platform of empty names"
                                           : platform);
    if (about) {
        str_add(s, ", reference.digest ");
        tell_digest(s, *about);
        str_addf(s, ", %s%s", type && *type == '-' ? "no " : "", "reference.type");
        if (!type || *type != '-')
            str_addf(s, " %s", type ? type : "attestation-manifest");
    }
}

/* The lines of TEXT in words. */
static const char *told(const char *text)
{
    _cleanup_free_ char *copy = must_strdup(text);
    struct str s = { 0 };

    for (char *rest = copy, *line; (line = strsep(&rest, "\n")) != NULL;)
        if (*line != '\0')
            tell_entry(&s, line);
    return keep(str_take(&s));
}

/* A CHOICE in words: of "b d" bbb... and the statement ddd...; what is no choice stays as it is. */
static const char *told_choice(const char *choice)
{
    struct str s = { 0 };

    if (strlen(choice) != 1 && !(strlen(choice) == 3 && choice[1] == ' '))
        return choice;
    tell_digest(&s, choice[0]);
    if (choice[1] == '\0') {
        str_add(&s, " without a statement");
    } else {
        str_add(&s, " with the statement ");
        tell_digest(&s, choice[2]);
    }
    return keep(str_take(&s));
}

/* ---- what is chosen */

/* What choose_image makes of the document JSON for the machine: the image's letter, and that of its statement
 * where it has one, as "a" or "a c"; or shown_error. */
static const char *chosen_in(const char *json, const char *machine, struct error *err)
{
    _cleanup_json_ struct json *index = json_parse(json, strlen(json), err);
    struct choice choice;
    struct platform platform;

    ck_assert_msg(index && platform_parse(machine, &platform, err) == 0, "%s", err->text);
    /* Neither empty nor a digest, so that what is left as it was shows. */
    memset(&choice, '?', sizeof choice);
    *err = (struct error){ 0 };
    if (choose_image(index, &platform, &choice, err) < 0)
        return shown_error(err);
    ck_assert_msg(digest_valid(choice.image), "wanted a digest, got \"%.71s\"", choice.image);
    if (choice.statement[0] == '\0')
        return keep(formatted("%c", digest_hex(choice.image)[0]));
    ck_assert_msg(digest_valid(choice.statement), "wanted a statement's digest or \"\", got \"%.71s\"",
                  choice.statement);
    return keep(formatted("%c %c", digest_hex(choice.image)[0], digest_hex(choice.statement)[0]));
}

#define LONG_NAME "an-architecture-that-nobody-has-a-machine-of"

/* What is wanted where there is nothing to choose. */
#define ERROR NULL

/* Fail where something else than WANTED is chosen from the lines for the machine. */
static void expect(const char *lines, const char *machine, const char *wanted, const char *file, int line)
{
    struct error err = { 0 };
    const char *got = chosen_in(index_of(lines), machine, &err);

    if (!wanted && starts_with(got, "error: "))
        wanted_error(machine, got, file, line); /* which has to say why */
    else if (!wanted || strcmp(got, wanted) != 0)
        _ck_assert_failed(file, line, "Assertion failed", "on %s: wanted %s, got %s, of:%s", machine,
                          wanted ? told_choice(wanted) : "an error", told_choice(got), told(lines));
}
#define EXPECT(lines, machine, wanted) expect(lines, machine, wanted, __FILE__, __LINE__)

START_TEST(manifest_for_the_machine_is_chosen)
{
    EXPECT("a linux/s390x\nb linux/amd64\nc linux/arm64/v8\n", "linux/amd64", "b");
    EXPECT("a linux/s390x\nb linux/amd64\nc linux/arm64/v8\n", "linux/arm64", "c");
}
END_TEST

START_TEST(operating_system_counts)
{
    EXPECT("a windows/amd64\nb linux/amd64\n", "linux/amd64", "b");
    EXPECT("a windows/386\nb -\n", "linux/amd64", "b");
}
END_TEST

START_TEST(latest_variant_that_the_machine_has)
{
    EXPECT("a linux/arm/v5\nb linux/arm/v7\nc linux/arm/v6\n", "linux/arm/v7", "b");
    EXPECT("a linux/arm/v5\nb linux/arm/v7\nc linux/arm/v6\n", "linux/arm/v6", "c");
    EXPECT("a linux/amd64\nb linux/amd64/v3\nc linux/amd64/v4\n", "linux/amd64/v3", "b");
}
END_TEST

START_TEST(later_variant_does_not_run)
{
    EXPECT("a linux/amd64/v3\nb linux/amd64\n", "linux/amd64", "b");
    EXPECT("a linux/arm/v8\nb linux/arm/v5\n", "linux/arm/v7", "b");
    EXPECT("a linux/arm/v7\n", "linux/arm/v6", ERROR);
}
END_TEST

START_TEST(variant_of_arm64_counts_too)
{
    EXPECT("a linux/arm64/v9\nb linux/arm64/v8\n", "linux/arm64", "b");
    EXPECT("a linux/arm64\nb linux/arm64/v9\n", "linux/arm64/v9", "b");
    EXPECT("a linux/arm64/v9\n", "linux/arm64/v8", ERROR);
}
END_TEST

START_TEST(variant_may_be_missing_or_short)
{
    EXPECT("a linux/arm/v6\nb linux/arm\n", "linux/arm/v7", "b");
    EXPECT("a linux/arm\nb linux/arm/v5\n", "linux/arm/v6", "b");
    EXPECT("a linux/arm/6\nb linux/arm/7\n", "linux/arm/v7", "b");
    EXPECT("a linux/amd64\nb linux/amd64/v1\n", "linux/amd64", "a");
}
END_TEST

START_TEST(first_of_two_as_good_is_chosen)
{
    EXPECT("a linux/amd64\nb linux/amd64\n", "linux/amd64", "a");
    EXPECT("a linux/arm64/v8\nb linux/arm64\n", "linux/arm64", "a");
}
END_TEST

START_TEST(older_architecture_does_too)
{
    EXPECT("a linux/s390x\nb linux/386\n", "linux/amd64", "b");
    EXPECT("a linux/386\nb linux/arm/v5\nc linux/arm/v7\nd linux/arm/v6\n", "linux/arm64", "c");
    EXPECT("a linux/arm/v7\nb linux/arm/v8\n", "linux/arm64", "b");
    EXPECT("a linux/amd64\n", "linux/386", ERROR);
}
END_TEST

START_TEST(older_architecture_is_not_of_the_machines_variant)
{
    EXPECT("a linux/arm/v9\nb linux/arm/v8\n", "linux/arm64/v9", "b");
    EXPECT("a linux/386/v3\nb linux/386\n", "linux/amd64/v3", "b");
}
END_TEST

START_TEST(own_architecture_comes_first)
{
    EXPECT("a linux/386\nb linux/amd64\n", "linux/amd64", "b");
    EXPECT("a linux/arm/v8\nb linux/arm/v7\nc linux/arm64\n", "linux/arm64", "c");
    EXPECT("a linux/386\nb linux/amd64\n", "linux/amd64/v3", "b");
}
END_TEST

START_TEST(entry_without_a_platform_comes_last)
{
    EXPECT("a -\nb linux/amd64\n", "linux/amd64", "b");
    EXPECT("a -\nb linux/386\n", "linux/amd64", "b");
    EXPECT("a linux/s390x\nb -\nc -\n", "linux/amd64", "b");
}
END_TEST

/* Not said is not the same as said, and no machine's. platform_read refuses names as long as the last. */
START_TEST(platform_that_is_there_is_not_missing)
{
    EXPECT("a /\nb -\n", "linux/amd64", "b");
    EXPECT("a /\n", "linux/amd64", ERROR);
    EXPECT("a {}\nb -\n", "linux/amd64", "b");
    EXPECT("a {}\n", "linux/amd64", ERROR);
    EXPECT("a linux/" LONG_NAME "\nb -\n", "linux/amd64", "b");
    EXPECT("a linux/" LONG_NAME "\n", "linux/amd64", ERROR);
}
END_TEST

START_TEST(statement_is_no_image)
{
    EXPECT("a linux/amd64 b\nb linux/amd64\n", "linux/amd64", "b a");
    EXPECT("a - b\nb linux/s390x\n", "linux/amd64", ERROR);
    EXPECT("a unknown/unknown b\nb linux/s390x\n", "linux/amd64", ERROR);
}
END_TEST

START_TEST(statement_may_be_of_any_type)
{
    EXPECT("a linux/amd64 b sbom\nb linux/amd64\n", "linux/amd64", "b a");
    EXPECT("a linux/amd64\nb unknown/unknown a sbom\nc unknown/unknown a\n", "linux/amd64", "a b");
}
END_TEST

START_TEST(statement_may_be_of_any_platform)
{
    EXPECT("a linux/amd64\nb - a\n", "linux/amd64", "a b");
    EXPECT("a linux/amd64\nb {} a\n", "linux/amd64", "a b");
    EXPECT("a linux/amd64\nb linux/s390x a\nc unknown/unknown a\n", "linux/amd64", "a b");
    EXPECT("a linux/amd64\nb linux/" LONG_NAME " a\n", "linux/amd64", "a b");
}
END_TEST

START_TEST(entry_without_a_type_is_no_statement)
{
    EXPECT("a linux/amd64 b -\nb linux/amd64\n", "linux/amd64", "a");
    EXPECT("a linux/amd64\nb linux/arm64 a -\nc unknown/unknown a\n", "linux/amd64", "a c");
}
END_TEST

START_TEST(statement_is_found_by_the_digest)
{
    EXPECT("a linux/arm64\nb linux/amd64\nc unknown/unknown a\nd unknown/unknown b\n", "linux/amd64", "b d");
    EXPECT("a linux/arm64\nb linux/amd64\nc unknown/unknown a\n", "linux/amd64", "b");
}
END_TEST

START_TEST(statement_may_stand_before_its_image)
{
    EXPECT("c unknown/unknown a\nd unknown/unknown b\na linux/arm64\nb linux/amd64\n", "linux/amd64", "b d");
}
END_TEST

START_TEST(first_statement_counts)
{
    EXPECT("a linux/amd64\nb unknown/unknown a\nc unknown/unknown a\n", "linux/amd64", "a b");
}
END_TEST

START_TEST(digest_that_is_none_is_an_error)
{
    EXPECT("! linux/amd64\nb linux/amd64\n", "linux/amd64", ERROR);
    EXPECT("a linux/amd64\n! unknown/unknown a\n", "linux/amd64", ERROR);
}
END_TEST

START_TEST(digest_of_another_entry_does_no_harm)
{
    EXPECT("! linux/arm64\nb linux/amd64\n! unknown/unknown !\n", "linux/amd64", "b");
}
END_TEST

START_TEST(error_names_the_platform)
{
    struct error err = { 0 };

    want_error("an index for linux/s390x", chosen_in(index_of("a linux/s390x\n"), "linux/arm/v7", &err));
    ck_assert_msg(strstr(err.text, "linux/arm/v7"), "wanted an error that names linux/arm/v7, got: %s",
                  err.text);
}
END_TEST

START_TEST(document_that_is_no_index_is_an_error)
{
    struct error err = { 0 };

    want_error("{}", chosen_in("{}", "linux/amd64", &err));
    want_error("{\"manifests\":{\"a\":{}}}", chosen_in("{\"manifests\":{\"a\":{}}}", "linux/amd64", &err));
    want_error("{\"manifests\":[]}", chosen_in("{\"manifests\":[]}", "linux/amd64", &err));
    want_error("{\"manifests\":[null,7,[]]}", chosen_in("{\"manifests\":[null,7,[]]}", "linux/amd64", &err));
}
END_TEST

int main(void)
{
    const struct test tests[] = {
        { manifest_for_the_machine_is_chosen, 0, 0 },
        { operating_system_counts, 0, 0 },
        { latest_variant_that_the_machine_has, 0, 0 },
        { later_variant_does_not_run, 0, 0 },
        { variant_of_arm64_counts_too, 0, 0 },
        { variant_may_be_missing_or_short, 0, 0 },
        { first_of_two_as_good_is_chosen, 0, 0 },
        { older_architecture_does_too, 0, 0 },
        { older_architecture_is_not_of_the_machines_variant, 0, 0 },
        { own_architecture_comes_first, 0, 0 },
        { entry_without_a_platform_comes_last, 0, 0 },
        { platform_that_is_there_is_not_missing, 0, 0 },
        { statement_is_no_image, 0, 0 },
        { statement_may_be_of_any_type, 0, 0 },
        { statement_may_be_of_any_platform, 0, 0 },
        { entry_without_a_type_is_no_statement, 0, 0 },
        { statement_is_found_by_the_digest, 0, 0 },
        { statement_may_stand_before_its_image, 0, 0 },
        { first_statement_counts, 0, 0 },
        { digest_that_is_none_is_an_error, 0, 0 },
        { digest_of_another_entry_does_no_harm, 0, 0 },
        { error_names_the_platform, 0, 0 },
        { document_that_is_no_index_is_an_error, 0, 0 },
    };

    return RUN_EXERCISE(tests);
}
