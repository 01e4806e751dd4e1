/* Manifests and indexes: what they are taken for, which is chosen, what an image says. */
#include "image.h"
#include "manifest.h"
#include "testing.h"

#include "str.h"

#include <string.h>

#define A                         "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define B                         "sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"
#define C                         "sha256:cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc"
#define DOCKER                    "application/vnd.docker.distribution.manifest.v2+json"
#define LIST                      "application/vnd.docker.distribution.manifest.list.v2+json"
#define CONFIG                    "{'mediaType':'application/vnd.oci.image.config.v1+json','digest':'" A "','size':2}"
#define GZIP                      "application/vnd.oci.image.layer.v1.tar+gzip"
#define LAYER(type, digest, size) "{'mediaType':'" type "','digest':'" digest "','size':" size "}"
#define MANIFEST(layers)          "{'schemaVersion':2,'config':" CONFIG ",'layers':[" layers "]}"
#define IDS(ids)                  "{'architecture':'amd64','os':'linux','rootfs':{'type':'layers','diff_ids':[" ids "]}}"

/* JSON with ' for ". */
static struct json *parse(const char *text)
{
    _cleanup_free_ char *quoted = must_strdup(text);
    struct error err = { 0 };
    struct json *json;

    for (char *c = quoted; *c; c++)
        if (*c == '\'')
            *c = '"';
    json = json_parse(quoted, strlen(quoted), &err);
    ck_assert_msg(json, "%s: %s", quoted, err.text);
    return json;
}

/* ---- what is it? */

static void assert_kind(const char *text, const char *type, enum document_kind wanted)
{
    _cleanup_json_ struct json *json = parse(text);
    enum document_kind kind;
    struct error err = { 0 };

    ck_assert_msg(manifest_classify(json, type, &kind, &err) == 0, "%s: %s", text, err.text);
    ck_assert_int_eq(kind, wanted);
}

static void assert_no_kind(const char *text, const char *type, const char *because)
{
    _cleanup_json_ struct json *json = parse(text);
    enum document_kind kind;
    struct error err = { 0 };

    ck_assert_msg(manifest_classify(json, type, &kind, &err) < 0, "%s is taken", text);
    ck_assert_contains(err.text, because);
}

START_TEST(kinds_are_told_by_their_members)
{
    assert_kind(MANIFEST(""), NULL, DOCUMENT_MANIFEST);
    assert_kind("{'schemaVersion':2,'manifests':[]}", NULL, DOCUMENT_INDEX);
    assert_kind("{'schemaVersion':2,'mediaType':'" LIST "','manifests':[]}", LIST, DOCUMENT_INDEX);
    assert_kind("{'schemaVersion':2,'mediaType':'" DOCKER "','config':{},'layers':[]}",
                DOCKER "; charset=utf-8", DOCUMENT_MANIFEST);
}
END_TEST

START_TEST(generic_content_types_say_nothing)
{
    assert_kind(MANIFEST(""), "application/json", DOCUMENT_MANIFEST);
    assert_kind(MANIFEST(""), "application/octet-stream", DOCUMENT_MANIFEST);
    assert_kind(MANIFEST(""), "text/plain; charset=utf-8", DOCUMENT_MANIFEST);
}
END_TEST

START_TEST(schema_1_is_refused_by_name)
{
    assert_no_kind("{'schemaVersion':1,'name':'a','fsLayers':[]}",
                   "application/vnd.docker.distribution.manifest.v1+prettyjws", "schema 1");
    assert_no_kind("{'schemaVersion':1}", NULL, "schema 1");
}
END_TEST

START_TEST(document_of_two_kinds_is_refused)
{
    assert_no_kind("{'schemaVersion':2,'manifests':[],'layers':[]}", NULL, "confused manifest");
    assert_no_kind("{'schemaVersion':2,'manifests':[],'config':{}}", NULL, "confused manifest");
    assert_no_kind("{'schemaVersion':2,'layers':[],'fsLayers':[]}", NULL, "confused manifest");
}
END_TEST

START_TEST(types_that_contradict_each_other_are_refused)
{
    assert_no_kind("{'schemaVersion':2,'mediaType':'" LIST "','layers':[]}", NULL, "confused manifest");
    assert_no_kind(MANIFEST(""), LIST, "confused manifest");
    assert_no_kind("{'schemaVersion':2,'mediaType':'" DOCKER "','layers':[]}", MEDIA_OCI_MANIFEST,
                   "confused manifest");
    assert_no_kind("{'schemaVersion':2,'mediaType':7,'layers':[]}", NULL, "mediaType");
}
END_TEST

START_TEST(what_is_no_manifest_is_refused)
{
    assert_no_kind("{}", NULL, "schemaVersion");
    assert_no_kind("[]", NULL, "schemaVersion");
    assert_no_kind("{'schemaVersion':'2','layers':[]}", NULL, "schemaVersion");
    assert_no_kind("{'schemaVersion':2}", NULL, "neither");
    assert_no_kind(MANIFEST(""), "text/html", "text/html");
}
END_TEST

/* ---- which one? */

#define ENTRY(digest, platform)                                                                              \
    "{'mediaType':'" MEDIA_OCI_MANIFEST "','digest':'" digest "','size':7" platform "}"
#define ON(os, arch)   ",'platform':{'os':'" os "','architecture':'" arch "'}"
#define ARM(variant)   ",'platform':{'os':'linux','architecture':'arm','variant':'" variant "'}"
#define INDEX(entries) "{'schemaVersion':2,'manifests':[" entries "]}"

static int choose(const char *text, const char *wanted, struct descriptor *chosen, struct error *err)
{
    _cleanup_json_ struct json *index = parse(text);
    struct platform platform;

    ck_assert_int_eq(platform_parse(wanted, &platform, err), 0);
    return index_choose(index, &platform, chosen, err);
}

static void assert_chosen(const char *text, const char *wanted, const char *digest)
{
    struct descriptor chosen;
    struct error err = { 0 };

    ck_assert_msg(choose(text, wanted, &chosen, &err) == 0, "%s", err.text);
    ck_assert_str_eq(chosen.digest, digest);
}

START_TEST(first_that_matches_is_chosen)
{
    assert_chosen(INDEX(ENTRY(A, ON("windows", "amd64")) "," ENTRY(B, ON("linux", "amd64")) "," ENTRY(
                      C, ON("linux", "amd64"))),
                  "linux/amd64", B);
}
END_TEST

START_TEST(closest_earlier_arm_is_chosen)
{
    assert_chosen(INDEX(ENTRY(A, ARM("v5")) "," ENTRY(B, ARM("v6")) "," ENTRY(C, ARM("v8"))), "linux/arm/v7",
                  B);
    assert_chosen(INDEX(ENTRY(A, ARM("v6")) "," ENTRY(B, ARM("v7"))), "linux/arm/v7", B);
}
END_TEST

START_TEST(attestations_are_passed_over)
{
    assert_chosen(INDEX(ENTRY(A, ON("unknown", "unknown")) "," ENTRY(B, ON("linux", "amd64"))), "linux/amd64",
                  B);
}
END_TEST

START_TEST(entry_without_a_platform_is_the_last_resort)
{
    assert_chosen(INDEX(ENTRY(A, "") "," ENTRY(B, ON("linux", "amd64"))), "linux/amd64", B);
    assert_chosen(INDEX(ENTRY(A, "") "," ENTRY(B, ON("linux", "amd64"))), "linux/arm64", A);
}
END_TEST

START_TEST(no_match_lists_what_there_is)
{
    struct descriptor chosen;
    struct error err = { 0 };

    ck_assert_int_eq(
        choose(INDEX(ENTRY(A, ON("windows", "amd64")) "," ENTRY(B, ARM("v7"))), "linux/s390x", &chosen, &err),
        -1);
    ck_assert_contains(err.text, "linux/s390x");
    ck_assert_contains(err.text, "windows/amd64, linux/arm/v7");
}
END_TEST

START_TEST(empty_index_has_nothing)
{
    struct descriptor chosen;
    struct error err = { 0 };

    ck_assert_int_eq(choose(INDEX(""), "linux/amd64", &chosen, &err), -1);
    ck_assert_contains(err.text, "none");
}
END_TEST

START_TEST(platform_that_is_too_long_is_refused)
{
    struct descriptor chosen;
    struct error err = { 0 };

    ck_assert_int_eq(choose(INDEX(ENTRY(A, ON("linux", "an-architecture-that-is-longer-than-any-other"))),
                            "linux/amd64", &chosen, &err),
                     -1);
    ck_assert_contains(err.text, "too long");
}
END_TEST

/* ---- the image */

static int parse_image(const char *manifest_text, const char *config_text, struct image *image,
                       struct error *err)
{
    _cleanup_json_ struct json *manifest = parse(manifest_text), *config = parse(config_text);

    return image_parse(manifest, config, image, err);
}

static void assert_no_image(const char *manifest, const char *config, const char *because)
{
    struct image image;
    struct error err = { 0 };

    ck_assert_msg(parse_image(manifest, config, &image, &err) < 0, "%s is taken", manifest);
    ck_assert_contains(err.text, because);
    image_free(&image);
}

START_TEST(image_holds_what_manifest_and_config_say)
{
    struct image image;
    struct error err = { 0 };

    ck_assert_msg(
        parse_image(MANIFEST(LAYER(GZIP, C, "5")),
                    "{'architecture':'arm','variant':'v7','os':'linux','config':{'Env':['A=1','B='],"
                    "'Entrypoint':['/e','x'],'Cmd':null,'WorkingDir':'/w','User':'u:g'},"
                    "'rootfs':{'type':'layers','diff_ids':['" B "']}}",
                    &image, &err) == 0,
        "%s", err.text);
    ck_assert_str_eq(image.config_digest, A);
    ck_assert_uint_eq(image.layer_count, 1);
    ck_assert_uint_eq(image.layers[0].size, 5);
    ck_assert_str_eq(image.layers[0].diff_id, B);
    ck_assert_str_eq(image.layers[0].media_type, GZIP);
    ck_assert_str_eq(image.platform.variant, "v7");
    ck_assert_uint_eq(image.config.env.count, 2);
    ck_assert_str_eq(image.config.entrypoint.items[1], "x");
    ck_assert_uint_eq(image.config.cmd.count, 0);
    ck_assert_str_eq(image.config.working_dir, "/w");
    ck_assert_str_eq(image.config.user, "u:g");
    image_free(&image);
}
END_TEST

START_TEST(variable_set_twice_has_its_last_value_once)
{
    struct image image;
    struct error err = { 0 };

    ck_assert_msg(parse_image(MANIFEST(""),
                              "{'config':{'Env':['A=1','B=2','A=3=4','C','=5']},'rootfs':{'diff_ids':[]}}",
                              &image, &err) == 0,
                  "%s", err.text);
    ck_assert_uint_eq(image.config.env.count, 2);
    ck_assert_str_eq(image.config.env.items[0], "A=3=4");
    ck_assert_str_eq(image.config.env.items[1], "B=2");
    image_free(&image);
}
END_TEST

START_TEST(digests_that_are_paths_are_refused)
{
    assert_no_image(MANIFEST(LAYER(GZIP, "sha256:../../../../etc/passwd", "5")), IDS("'" B "'"),
                    "../etc/passwd");
    assert_no_image("{'config':{'mediaType':'x','digest':'../x','size':1}}", "{}", "../x");
    assert_no_image(MANIFEST(LAYER(GZIP, B, "5")), IDS("'sha256:../x'"), "diff_id of layer 1");
}
END_TEST

START_TEST(sizes_must_be_sizes)
{
    assert_no_image(MANIFEST(LAYER(GZIP, B, "-1")), IDS("'" B "'"), "size");
    assert_no_image(MANIFEST(LAYER(GZIP, B, "1.5")), IDS("'" B "'"), "size");
    assert_no_image(MANIFEST(LAYER(GZIP, B, "99999999999999999999")), IDS("'" B "'"), "size");
    assert_no_image(MANIFEST(LAYER(GZIP, B, "'5'")), IDS("'" B "'"), "size");
}
END_TEST

START_TEST(layers_and_diff_ids_must_be_as_many)
{
    assert_no_image(MANIFEST(LAYER(GZIP, B, "5")), IDS(""), "1 layers and the config 0 diff_ids");
    assert_no_image(MANIFEST(""), IDS("'" B "'"), "0 layers and the config 1 diff_ids");
}
END_TEST

START_TEST(foreign_layers_are_refused)
{
    assert_no_image(MANIFEST(LAYER("application/vnd.docker.image.rootfs.foreign.diff.tar.gzip", B, "5")),
                    IDS("'" B "'"), "not in the registry");
    assert_no_image(MANIFEST(LAYER("application/vnd.oci.image.layer.nondistributable.v1.tar+gzip", B, "5")),
                    IDS("'" B "'"), "not in the registry");
}
END_TEST

START_TEST(other_artefacts_are_named)
{
    assert_no_image("{'config':{'mediaType':'application/vnd.cncf.helm.config.v1+json','digest':'" A
                    "','size':1}}",
                    "{}", "application/vnd.cncf.helm.config.v1+json");
    assert_no_image(MANIFEST(LAYER("application/vnd.in-toto+json", B, "5")), IDS("'" B "'"),
                    "application/vnd.in-toto+json");
}
END_TEST

START_TEST(config_members_must_have_their_types)
{
    assert_no_image(MANIFEST(""), "{'config':{'Env':'A=1'},'rootfs':{'diff_ids':[]}}", "Env");
    assert_no_image(MANIFEST(""), "{'config':{'Cmd':[1]},'rootfs':{'diff_ids':[]}}", "Cmd");
    assert_no_image(MANIFEST(""), "{'config':{'User':0},'rootfs':{'diff_ids':[]}}", "User");
    assert_no_image(MANIFEST(""), "[]", "object");
}
END_TEST

START_TEST(docker_manifest_becomes_an_oci_one)
{
    _cleanup_json_ struct json *docker =
        parse("{'schemaVersion':2,'mediaType':'" DOCKER "','config':{'mediaType':"
              "'application/vnd.docker.container.image.v1+json','size':2,'digest':'" A
              "'},'layers':[" LAYER("application/vnd.docker.image.rootfs.diff.tar.gzip", B, "5") "]}");
    _cleanup_str_ struct str text = { 0 };

    manifest_convert(docker, &text);
    ck_assert_str_eq(text.text,
                     "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\","
                     "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"" A
                     "\",\"size\":2},\"layers\":[{\"mediaType\":\"" GZIP "\",\"digest\":\"" B
                     "\",\"size\":5}]}");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { kinds_are_told_by_their_members, 0, 0 },
        { generic_content_types_say_nothing, 0, 0 },
        { schema_1_is_refused_by_name, 0, 0 },
        { document_of_two_kinds_is_refused, 0, 0 },
        { types_that_contradict_each_other_are_refused, 0, 0 },
        { what_is_no_manifest_is_refused, 0, 0 },
        { first_that_matches_is_chosen, 0, 0 },
        { closest_earlier_arm_is_chosen, 0, 0 },
        { attestations_are_passed_over, 0, 0 },
        { entry_without_a_platform_is_the_last_resort, 0, 0 },
        { no_match_lists_what_there_is, 0, 0 },
        { empty_index_has_nothing, 0, 0 },
        { platform_that_is_too_long_is_refused, 0, 0 },
        { image_holds_what_manifest_and_config_say, 0, 0 },
        { variable_set_twice_has_its_last_value_once, 0, 0 },
        { digests_that_are_paths_are_refused, 0, 0 },
        { sizes_must_be_sizes, 0, 0 },
        { layers_and_diff_ids_must_be_as_many, 0, 0 },
        { foreign_layers_are_refused, 0, 0 },
        { other_artefacts_are_named, 0, 0 },
        { config_members_must_have_their_types, 0, 0 },
        { docker_manifest_becomes_an_oci_one, 0, 0 },
    };

    return RUN_TESTS("02-pull/manifest", tests, argc, argv);
}
