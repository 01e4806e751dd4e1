/* The command extract, from a registry to a root. */
#include "testing.h"

#include "keep.h"
#include "str.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *reference(const char *name)
{
    return keep(formatted("%s/%s", registry_address(), name));
}

static const char *in(const char *directory, const char *name)
{
    return keep(formatted("%s/%s", directory, name));
}

/* Extract NAME to a new directory, whose path is returned; it must succeed. */
static const char *extract(const char *name)
{
    const char *root = in(scratch(), "root");
    struct outcome outcome =
        RUN(binary("03-extract"), "extract", "--quiet", "--store", scratch(), reference(name), root);

    ck_assert_msg(outcome.status == 0, "extract %s: exit status %d:\n%s", name, outcome.status, outcome.err);
    return root;
}

/* The output of a shell COMMAND with ROOT as its directory; it must succeed. */
static const char *shell_in(const char *root, const char *command)
{
    const struct how how = { .directory = root };
    struct outcome outcome = run_how(&how, (const char *const[]){ "sh", "-ec", command, NULL });

    ck_assert_msg(outcome.status == 0, "%s: exit status %d:\n%s%s", command, outcome.status, outcome.out,
                  outcome.err);
    return outcome.out;
}

static void expect_busybox(const char *name)
{
    ck_assert_str_eq(shell_in(extract(name), "bin/busybox echo runs"), "runs\n");
}

START_TEST(gzip_image_runs)
{
    expect_busybox("busybox:latest");
}
END_TEST

START_TEST(image_of_gzip_members_runs)
{
    expect_busybox("busybox:members");
}
END_TEST

START_TEST(plain_image_runs)
{
    expect_busybox("busybox:plain");
}
END_TEST

START_TEST(zstd_image_runs)
{
    expect_busybox("busybox:zstd");
}
END_TEST

START_TEST(docker_image_runs)
{
    expect_busybox("busybox:docker");
}
END_TEST

START_TEST(layers_do_to_each_other_what_they_should)
{
    const char *root = extract("layers:latest");

    ck_assert_str_eq(shell_in(root, "find data opaque becomes-* target hard -printf '%p %y\\n' | sort"),
                     "becomes-directory d\n"
                     "becomes-directory/new f\n"
                     "becomes-file f\n"
                     "data d\n"
                     "data/changed f\n"
                     "data/kept f\n"
                     "hard d\n"
                     "hard/original f\n"
                     "hard/other-layer f\n"
                     "hard/same-layer f\n"
                     "opaque d\n"
                     "opaque/new f\n"
                     "target d\n"
                     "target/through f\n");
    ck_assert_str_eq(shell_in(root, "cat data/changed; stat -c %a data; stat -c %h hard/original"),
                     "4\n700\n3\n");
    ck_assert_str_eq(
        shell_in(root, "stat -c '%a %u:%g' modes/setuid; stat -c %a modes/sticky; stat -c %F modes/fifo"),
        "4755 1234:4321\n1777\nfifo\n");
}
END_TEST

START_TEST(sixty_four_layers_leave_every_other_file)
{
    const char *root = extract("many:latest");

    ck_assert_str_eq(shell_in(root, "cat last; ls n | wc -l; ls n/61 n/62 2>&1 | grep -c ^n"), "63\n32\n1\n");
}
END_TEST

/* The judge is another implementation: GNU tar, one layer over the other. Directories' sizes are their file
 * system's, and what no layer lists has the time of now. */
#define LIST                                                                                                    \
    "find . -mindepth 1 \\( -type d -printf '%P %m %U:%G\\n' -o -printf '%P %y %m %U:%G %n %s %T@ %l\\n' \\) |" \
    "LC_ALL=C sort; find . -type f -print0 | LC_ALL=C sort -z | xargs -0 sha256sum"
#define TAR_LAYERS                                                                                           \
    "mkdir root && cd root && python3 - ../store <<'END' | while read layer; do\n"                           \
    "import json, sys\n"                                                                                     \
    "read = lambda d: json.load(open(sys.argv[1] + '/' + d))\n"                                              \
    "blob = lambda d: 'blobs/' + d['digest'].replace(':', '/')\n"                                            \
    "for layer in read(blob(read('index.json')['manifests'][0]))['layers']:\n"                               \
    "    print(sys.argv[1] + '/' + blob(layer))\n"                                                           \
    "END\n"                                                                                                  \
    "tar -xzpf $layer --numeric-owner --keep-directory-symlink; done;"

START_TEST(root_is_as_tar_makes_it)
{
    const char *place = scratch(), *ours;
    struct outcome outcome = RUN(binary("03-extract"), "extract", "--quiet", "--store", in(place, "store"),
                                 reference("node:alpine"), in(place, "ours"));

    ck_assert_msg(outcome.status == 0, "exit status %d:\n%s", outcome.status, outcome.err);
    ours = shell_in(in(place, "ours"), LIST);
    ck_assert_contains(ours, "usr/bin/node ");
    ck_assert_str_eq(ours, shell_in(place, TAR_LAYERS LIST));
}
END_TEST

/* ---- what is said */

static void expect_said(int status, const char *wanted, const char *const *argv)
{
    struct outcome outcome = run_how(&(struct how){ 0 }, argv);

    ck_assert_contains(outcome.err, wanted);
    ck_assert_int_eq(outcome.status, status);
}

START_TEST(missing_words_are_an_error)
{
    expect_said(1, "REF DIR", (const char *const[]){ binary("03-extract"), "extract", "busybox", NULL });
}
END_TEST

START_TEST(full_directory_is_refused_before_anything_is_fetched)
{
    const char *place = scratch();

    put_file(place, "root/mine", "");
    expect_said(1, "gocker: extract nothing.invalid/x: ",
                (const char *const[]){ binary("03-extract"), "extract", "--store", in(place, "store"),
                                       "nothing.invalid/x", in(place, "root"), NULL });
    ck_assert_str_eq(shell_in(place, "ls"), "root\n");
}
END_TEST

/* The size is right, so a pull finds nothing amiss: the message has to say what helps, and it has to help. */
START_TEST(damaged_blob_is_named_and_can_be_pulled_again)
{
    const char *store = scratch(), *directory = scratch(), *path;
    const char *program = binary("03-extract"), *name = reference("busybox:plain");
    struct outcome outcome;

    ck_assert_int_eq(RUN(program, "pull", "--quiet", "--store", store, name).status, 0);
    path = shell_in(store, "blob=$(ls -S $PWD/blobs/sha256/* | head -n 1)\n"
                           "printf X | dd of=$blob bs=1 seek=100000 conv=notrunc status=none\n"
                           "printf %s $blob");
    outcome = RUN(program, "extract", "--quiet", "--store", store, name, in(directory, "root"));
    ck_assert_int_eq(outcome.status, 1);
    ck_assert_contains(
        outcome.err, keep(formatted("its blob was damaged since it was pulled: remove %s, and pull", path)));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(RUN(program, "pull", "--quiet", "--store", store, name).status, 0);
    ck_assert_int_eq(RUN(program, "extract", "--quiet", "--store", store, name, in(directory, "root")).status,
                     0);
}
END_TEST

/* An image store in DIRECTORY with the image "made", whose config has a diff_id of its layer that is not the layer's. */
static void make_contradictory_image(const char *directory)
{
    shell_in(
        directory,
        "mkdir -p blobs/sha256; touch file; tar -cf layer.tar file\n"
        "blob() { digest=$(sha256sum $1 | cut -c -64); size=$(stat -c %s $1); mv $1 blobs/sha256/$digest; }\n"
        "describe() { printf '{\"mediaType\":\"application/vnd.oci.image.%s\",\"digest\":\"sha256:%s\",\"size\":%s' "
        "$1 $digest $size; }\n"
        "blob layer.tar; layer=$(describe layer.v1.tar)}\n"
        "printf '{\"os\":\"linux\",\"architecture\":\"amd64\",\"rootfs\":{\"type\":\"layers\",\"diff_ids\":"
        "[\"sha256:%064d\"]}}' 1 >config; blob config; config=$(describe config.v1+json)}\n"
        "printf '{\"schemaVersion\":2,\"config\":%s,\"layers\":[%s]}' \"$config\" \"$layer\" >manifest; blob manifest\n"
        "printf '{\"schemaVersion\":2,\"manifests\":[%s,\"annotations\":{\"org.opencontainers.image.ref.name\":"
        "\"docker.io/library/made:latest\"}}]}' \"$(describe manifest.v1+json)\" >index.json\n"
        "echo '{\"imageLayoutVersion\":\"1.0.0\"}' >oci-layout");
}

/* Its blob is what it was: pulling it again would not help, and nothing says so. */
START_TEST(contradictory_image_is_not_called_damaged)
{
    const char *store = scratch();
    struct outcome outcome;

    make_contradictory_image(store);
    outcome = RUN(binary("03-extract"), "extract", "--quiet", "--platform", "linux/amd64", "--store", store,
                  "made", in(scratch(), "root"));
    ck_assert_int_eq(outcome.status, 1);
    ck_assert_contains(outcome.err, "0001\n");
    ck_assert_contains(outcome.err, "the image's config says sha256:0000");
}
END_TEST

START_TEST(empty_directory_name_is_refused)
{
    const struct outcome outcome = RUN(binary("03-extract"), "extract", "busybox", "");

    ck_assert_int_eq(outcome.status, 1);
    ck_assert_contains(outcome.err, "the directory's name is empty");
}
END_TEST

START_TEST(max_bytes_is_the_limit)
{
    const char *place = scratch();

    expect_said(1, "larger than allowed; --max-bytes allows more",
                (const char *const[]){ binary("03-extract"), "extract", "--quiet", "--store", scratch(),
                                       "--max-bytes", "100k", reference("busybox:latest"), in(place, "root"),
                                       NULL });
    ck_assert_str_eq(shell_in(place, "ls -A"), "");
}
END_TEST

START_TEST(ordinary_user_is_told_once_what_was_left_out)
{
    const char *place = scratch(), *ref = reference("layers:latest");
    const struct how how = { .uid = 65534 };
    struct outcome outcome;

    ck_assert_int_eq(chmod(place, 0777), 0);
    outcome = run_how(&how, (const char *const[]){ binary("03-extract"), "extract", "--quiet", "--store",
                                                   in(place, "store"), ref, in(place, "root"), NULL });
    ck_assert_msg(outcome.status == 0, "exit status %d:\n%s", outcome.status, outcome.err);
    ck_assert_contains(outcome.err, "gocker: warning: left out, as an ordinary user: the owners of ");
    ck_assert_contains(outcome.err,
                       ", the setuid and setgid bits of 1 entry, extended attributes of 1 entry\n");
    ck_assert_msg(strchr(outcome.err, '\n') == strrchr(outcome.err, '\n'), "wanted one line, got\n%s",
                  outcome.err);
}
END_TEST

START_TEST(names_do_not_depend_on_the_locale)
{
    const char *place = scratch();
    const struct how how = { .env = (const char *const[]){ "LANG=C", "LC_ALL=C", NULL } };
    struct outcome outcome =
        run_how(&how, (const char *const[]){ binary("03-extract"), "extract", "--quiet", "--store",
                                             in(place, "store"), reference("layers:latest"),
                                             in(place, "root"), NULL });

    ck_assert_msg(outcome.status == 0, "exit status %d:\n%s", outcome.status, outcome.err);
    ck_assert_str_eq(shell_in(place, "LC_ALL=C ls root/names | LC_ALL=C grep -av long"), "\xc3\xa9\n\xe9\n");
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { gzip_image_runs, NEED_REGISTRY, 0 },
        { image_of_gzip_members_runs, NEED_REGISTRY, 0 },
        { plain_image_runs, NEED_REGISTRY, 0 },
        { zstd_image_runs, NEED_REGISTRY, 0 },
        { docker_image_runs, NEED_REGISTRY, 0 },
        { layers_do_to_each_other_what_they_should, NEED_REGISTRY | NEED_ROOT, 0 },
        { sixty_four_layers_leave_every_other_file, NEED_REGISTRY, 0 },
        { root_is_as_tar_makes_it, NEED_REGISTRY | NEED_ROOT, 60 },
        { missing_words_are_an_error, 0, 0 },
        { full_directory_is_refused_before_anything_is_fetched, 0, 0 },
        { damaged_blob_is_named_and_can_be_pulled_again, NEED_REGISTRY, 0 },
        { contradictory_image_is_not_called_damaged, 0, 0 },
        { empty_directory_name_is_refused, 0, 0 },
        { max_bytes_is_the_limit, NEED_REGISTRY, 0 },
        { ordinary_user_is_told_once_what_was_left_out, NEED_REGISTRY | NEED_USER, 0 },
        { names_do_not_depend_on_the_locale, NEED_REGISTRY, 0 },
    };

    return RUN_TESTS("extract/command", tests, argc, argv);
}
