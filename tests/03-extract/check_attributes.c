/* Extended attributes: which of a layer's are taken, and that they survive what comes after. */
#include "extracting.h"

#include <errno.h>
#include <sys/xattr.h>

static void expect_attribute(const struct made_image *made, const char *path, const char *name,
                             const char *wanted, ssize_t length)
{
    _cleanup_free_ char *full = formatted("%s/%s", made->root, path);
    char value[4096];
    ssize_t got = lgetxattr(full, name, value, sizeof value);

    if (length < 0)
        ck_assert_msg(got < 0 && errno == ENODATA, "wanted %s without %s", path, name);
    else
        ck_assert_msg(got == length && memcmp(value, wanted, (size_t)got) == 0,
                      "wanted %s of %s as written, got %zd bytes", name, path, got);
}

#define CAPABILITY "\1\0\0\2\0\4\0\0\0\0\0\0\0\0\0\0\0\0\0\0" /* cap_net_bind_service=ep */

static struct made_image *image_with_attribute(const char *record, const void *value, size_t length,
                                               char type)
{
    struct made_image *made = new_image();
    struct str tar = { 0 };

    tar_add_pax_bytes(&tar, record, value, length);
    tar_add(&tar, .name = "it", .type = type, .uid = 1000, .mode = 0555, .target = type == '2' ? "x" : NULL);
    add_layer(made, &tar);
    return made;
}

START_TEST(capability_outlives_the_change_of_owner)
{
    struct made_image *made =
        image_with_attribute("SCHILY.xattr.security.capability", CAPABILITY, sizeof CAPABILITY - 1, '0');

    expect_extracted(made);
    expect_attribute(made, "it", "security.capability", CAPABILITY, sizeof CAPABILITY - 1);
}
END_TEST

START_TEST(attribute_with_a_nul_is_kept)
{
    struct made_image *made = image_with_attribute("SCHILY.xattr.user.x", "a\0b", 3, '5');

    expect_extracted(made);
    expect_attribute(made, "it", "user.x", "a\0b", 3);
}
END_TEST

START_TEST(attribute_of_a_link_is_the_links)
{
    struct made_image *made = image_with_attribute("SCHILY.xattr.trusted.x", "y", 1, '2');

    expect_extracted(made);
    expect_attribute(made, "it", "trusted.x", "y", 1);
}
END_TEST

START_TEST(attributes_for_overlayfs_are_not_taken)
{
    struct made_image *made = image_with_attribute("SCHILY.xattr.trusted.overlay.opaque", "y", 1, '5');

    expect_extracted(made);
    expect_attribute(made, "it", "trusted.overlay.opaque", "", -1);
}
END_TEST

START_TEST(label_of_another_host_is_not_taken)
{
    struct made_image *made = image_with_attribute("SCHILY.xattr.security.selinux", "system_u:x", 10, '0');

    expect_extracted(made);
    expect_attribute(made, "it", "security.selinux", "", -1);
}
END_TEST

START_TEST(malformed_capability_is_refused)
{
    struct made_image *made = image_with_attribute("SCHILY.xattr.security.capability", "rubbish", 7, '0');

    expect_refused(made, "set the extended attribute security.capability: Invalid argument");
}
END_TEST

START_TEST(directory_listed_again_has_only_its_new_attributes)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "dir", .type = '5', .pax = PAX("SCHILY.xattr.user.old=1") });
    LAYER(made, { .name = "dir", .type = '5', .pax = PAX("SCHILY.xattr.user.new=2") });
    expect_extracted(made);
    expect_attribute(made, "dir", "user.old", "", -1);
    expect_attribute(made, "dir", "user.new", "2", 1);
}
END_TEST

START_TEST(attribute_of_the_root_reaches_an_empty_directory)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = ".", .type = '5', .pax = PAX("SCHILY.xattr.user.x=y") });
    ck_assert_int_eq(mkdir(made->root, 0755), 0);
    expect_extracted(made);
    expect_attribute(made, ".", "user.x", "y", 1);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { capability_outlives_the_change_of_owner, NEED_ROOT, 0 },
        { attribute_with_a_nul_is_kept, 0, 0 },
        { attribute_of_a_link_is_the_links, NEED_ROOT, 0 },
        { attributes_for_overlayfs_are_not_taken, NEED_ROOT, 0 },
        { label_of_another_host_is_not_taken, 0, 0 },
        { malformed_capability_is_refused, NEED_ROOT, 0 },
        { directory_listed_again_has_only_its_new_attributes, 0, 0 },
        { attribute_of_the_root_reaches_an_empty_directory, 0, 0 },
    };

    return RUN_TESTS("extract/attributes", tests, argc, argv);
}
