/* Platforms: uname's names in OCI's, what docker --platform takes, which image suits. */
#include "platform.h"
#include "testing.h"

#include <stdlib.h>
#include <string.h>

static void assert_text(const struct platform *platform, const char *wanted)
{
    char *text = platform_text(platform);

    ck_assert_str_eq(text, wanted);
    free(text);
}

START_TEST(uname_is_mapped_to_ocis_names)
{
    static const char *const machines[][2] = {
        { "x86_64", "linux/amd64" },  { "aarch64", "linux/arm64/v8" }, { "armv8l", "linux/arm/v8" },
        { "armv7l", "linux/arm/v7" }, { "armv6l", "linux/arm/v6" },    { "armv5tel", "linux/arm/v5" },
        { "i386", "linux/386" },      { "i686", "linux/386" },         { "ppc64le", "linux/ppc64le" },
        { "s390x", "linux/s390x" },   { "riscv64", "linux/riscv64" },  { "loongarch64", "linux/loong64" },
        { "mips64", "linux/mips64" }, { "sparc64", "linux/sparc64" },
    };
    struct platform platform;

    for (size_t i = 0; i < sizeof machines / sizeof *machines; i++) {
        platform_of_uname("Linux", machines[i][0], &platform);
        assert_text(&platform, machines[i][1]);
    }
}
END_TEST

static void parse(const char *text, struct platform *platform)
{
    struct error err = { 0 };

    ck_assert_msg(platform_parse(text, platform, &err) == 0, "%s: %s", text, err.text);
}

START_TEST(platforms_are_parsed_as_docker_does)
{
    static const char *const given[][2] = {
        { "linux/amd64", "linux/amd64" },      { "linux/arm64/v8", "linux/arm64/v8" },
        { "Linux/AMD64", "linux/amd64" },      { "linux/x86_64", "linux/amd64" },
        { "linux/aarch64", "linux/arm64/v8" }, { "linux/arm/v6", "linux/arm/v6" },
        { "linux/armhf", "linux/arm/v7" },     { "windows/amd64", "windows/amd64" },
    };
    struct platform platform;

    for (size_t i = 0; i < sizeof given / sizeof *given; i++) {
        parse(given[i][0], &platform);
        assert_text(&platform, given[i][1]);
    }
}
END_TEST

START_TEST(bad_platforms_are_refused_with_an_example)
{
    static const char *const bad[] = { "",
                                       "linux/",
                                       "/amd64",
                                       "linux//v8",
                                       "linux/arm/v7/x",
                                       "li nux/arm",
                                       "linux/a\x1b[m",
                                       "linux/arm/v1234567890123456" };
    struct platform platform;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct error err = { 0 };

        ck_assert_msg(platform_parse(bad[i], &platform, &err) < 0, "\"%s\" is taken", bad[i]);
        ck_assert_contains(err.text, "linux/arm64");
    }
}
END_TEST

START_TEST(architecture_alone_is_answered_with_the_whole)
{
    struct platform platform;
    struct error err = { 0 };

    ck_assert_int_eq(platform_parse("arm64", &platform, &err), -1);
    ck_assert_contains(err.text, "write linux/arm64");
}
END_TEST

static int suits(const char *offered, const char *wanted)
{
    struct platform a, b;

    parse(offered, &a);
    parse(wanted, &b);
    return platform_suits(&a, &b);
}

START_TEST(other_systems_and_architectures_do_not_suit)
{
    ck_assert_int_eq(suits("windows/amd64", "linux/amd64"), 0);
    ck_assert_int_eq(suits("linux/386", "linux/amd64"), 0);
    ck_assert_int_eq(suits("linux/arm/v7", "linux/arm64"), 0);
    ck_assert_int_eq(suits("linux/arm64", "linux/arm/v8"), 0);
}
END_TEST

START_TEST(arm_degrades_to_earlier_variants)
{
    ck_assert_int_gt(suits("linux/arm/v7", "linux/arm/v8"), suits("linux/arm/v6", "linux/arm/v8"));
    ck_assert_int_gt(suits("linux/arm/v6", "linux/arm/v7"), suits("linux/arm/v5", "linux/arm/v7"));
    ck_assert_int_gt(suits("linux/arm/v5", "linux/arm/v6"), 0);
    ck_assert_int_eq(suits("linux/arm/v7", "linux/arm/v6"), 0);
}
END_TEST

START_TEST(missing_variant_is_the_base_one)
{
    ck_assert_int_eq(suits("linux/arm64", "linux/arm64/v8"), suits("linux/arm64/v8", "linux/arm64"));
    ck_assert_int_gt(suits("linux/arm64", "linux/arm64/v8"), 0);
    ck_assert_int_eq(suits("linux/arm", "linux/arm/v6"), 0);
    ck_assert_int_gt(suits("linux/arm", "linux/arm/v7"), 0);
    ck_assert_int_gt(suits("linux/amd64/v1", "linux/amd64"), 0);
    ck_assert_int_eq(suits("linux/amd64/v3", "linux/amd64"), 0);
}
END_TEST

START_TEST(unknown_variants_must_be_equal)
{
    ck_assert_int_gt(suits("linux/ppc64le/power9", "linux/ppc64le/power9"), 0);
    ck_assert_int_eq(suits("linux/ppc64le/power9", "linux/ppc64le"), 0);
}
END_TEST

START_TEST(configs_without_a_platform_agree_with_any)
{
    struct platform none = { 0 }, wanted;

    parse("linux/arm64", &wanted);
    ck_assert(platform_agrees(&none, &wanted));
}
END_TEST

START_TEST(configs_of_another_platform_do_not_agree)
{
    struct platform config, wanted;

    parse("linux/arm", &config);
    parse("linux/arm/v6", &wanted);
    ck_assert(platform_agrees(&config, &wanted)); /* builders leave the variant out */
    parse("linux/arm/v7", &config);
    ck_assert(!platform_agrees(&config, &wanted));
    parse("linux/amd64", &config);
    ck_assert(!platform_agrees(&config, &wanted));
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { uname_is_mapped_to_ocis_names, 0, 0 },
        { platforms_are_parsed_as_docker_does, 0, 0 },
        { bad_platforms_are_refused_with_an_example, 0, 0 },
        { architecture_alone_is_answered_with_the_whole, 0, 0 },
        { other_systems_and_architectures_do_not_suit, 0, 0 },
        { arm_degrades_to_earlier_variants, 0, 0 },
        { missing_variant_is_the_base_one, 0, 0 },
        { unknown_variants_must_be_equal, 0, 0 },
        { configs_without_a_platform_agree_with_any, 0, 0 },
        { configs_of_another_platform_do_not_agree, 0, 0 },
    };

    return RUN_TESTS("02-pull/platform", tests, argc, argv);
}
