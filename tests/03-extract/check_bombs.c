/* Layers that are small to fetch and large to unpack: each meets a limit, and memory stays flat. */
#include "extracting.h"

#include <archive.h>
#include <archive_entry.h>
#include <sys/mount.h>
#include <sys/resource.h>

#define MIB          ((size_t)1024 * 1024)
#define MOST_RSS_KIB (24 * 1024)

/* The memory limit that the chapter keeps: how far extraction itself raised the largest resident set. */
static long max_rss_kib(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return usage.ru_maxrss;
}

/* A gzip blob that is written as it is made, so that this program stays small too. */
struct bomb {
    struct made_image *made;
    struct archive *gzip;
    struct sha256 *hash;
    char *path;
};

static struct bomb begin_bomb(void)
{
    struct bomb bomb = { .made = new_image(), .gzip = archive_write_new(), .hash = sha256_new() };
    struct archive_entry *entry = archive_entry_new();

    bomb.path = formatted("%s/blobs/sha256/.new", bomb.made->store.path);
    archive_write_add_filter_gzip(bomb.gzip);
    archive_write_set_options(bomb.gzip, "gzip:compression-level=1");
    archive_write_set_format_raw(bomb.gzip);
    ck_assert_int_eq(archive_write_open_filename(bomb.gzip, bomb.path), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_pathname(entry, "data");
    archive_write_header(bomb.gzip, entry);
    archive_entry_free(entry);
    return bomb;
}

static void bomb_add(struct bomb *bomb, const void *bytes, size_t length)
{
    ck_assert_int_eq(archive_write_data(bomb->gzip, bytes, length), (la_ssize_t)length);
    sha256_update(bomb->hash, bytes, length);
}

static void bomb_add_member(struct bomb *bomb, const struct tar_member *member)
{
    _cleanup_str_ struct str tar = { 0 };

    tar_add_member(&tar, member);
    bomb_add(bomb, tar.text, tar.length);
}

static void bomb_add_repeated(struct bomb *bomb, char byte, size_t length)
{
    static char chunk[65536];

    memset(chunk, byte, sizeof chunk);
    for (; length > sizeof chunk; length -= sizeof chunk)
        bomb_add(bomb, chunk, sizeof chunk);
    bomb_add(bomb, chunk, length);
}

/* The blob becomes the image's layer, under a name that is no digest of it: the store is not asked. */
static struct made_image *end_bomb(struct bomb *bomb)
{
    struct layer *layer = &bomb->made->layers[bomb->made->image.layer_count++];
    static const char zeros[1024];

    bomb_add(bomb, zeros, sizeof zeros);
    archive_write_free(bomb->gzip);
    sha256_final(bomb->hash, layer->diff_id);
    sha256_free(&bomb->hash);
    memcpy(layer->digest, layer->diff_id, DIGEST_SIZE);
    _cleanup_free_ char *path =
        formatted("%s/blobs/sha256/%s", bomb->made->store.path, digest_hex(layer->digest));
    ck_assert_int_eq(rename(bomb->path, path), 0);
    free(bomb->path);
    return bomb->made;
}

static void expect_flat(void)
{
    ck_assert_msg(max_rss_kib() <= MOST_RSS_KIB, "wanted at most %d KiB resident, got %ld", MOST_RSS_KIB,
                  max_rss_kib());
}

/* ---- bytes */

START_TEST(file_larger_than_allowed_is_refused_at_its_header)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "big", .content = "", .claimed_size = 11 * (long long)MIB });
    made->max_bytes = 10 * MIB;
    expect_refused(made, "entry \"big\": its 11534336 bytes make the image larger than allowed; --max-bytes");
}
END_TEST

START_TEST(layers_count_together)
{
    struct made_image *made = new_image();
    char content[60000];

    memset(content, 'x', sizeof content);
    LAYER(made, { .name = "a", .content = content, .size = sizeof content });
    LAYER(made, { .name = "b", .content = content, .size = sizeof content });
    made->max_bytes = 100000;
    expect_refused(made, "larger than allowed");
}
END_TEST

START_TEST(bytes_behind_the_tar_meet_the_limit)
{
    struct bomb bomb = begin_bomb();
    struct made_image *made;

    bomb_add_repeated(&bomb, 0, 64 * MIB);
    made = end_bomb(&bomb);
    made->max_bytes = 32 * MIB;
    expect_refused(made, "the image is larger than allowed; --max-bytes allows more");
    expect_flat();
}
END_TEST

START_TEST(contents_within_the_limit_are_taken_with_flat_memory)
{
    struct bomb bomb = begin_bomb();
    struct made_image *made;

    bomb_add_member(&bomb, &(struct tar_member){ .name = "zeros", .claimed_size = 64 * (long long)MIB });
    bomb_add_repeated(&bomb, 0, 64 * MIB);
    made = end_bomb(&bomb);
    made->max_bytes = 65 * MIB;
    expect_extracted(made);
    ck_assert_int_eq(root_stat(made, "zeros").st_size, 64 * (off_t)MIB);
    expect_flat();
}
END_TEST

/* Exabytes that cost nothing here would cost whoever copies them. */
START_TEST(size_of_holes_counts)
{
    struct made_image *made = new_image();

    LAYER(made, { .name = "disk",
                  .content = "x",
                  .pax = PAX("GNU.sparse.size=4611686018427387904", "GNU.sparse.map=0,1") });
    expect_refused(made, "its 4611686018427387904 bytes make the image larger than allowed");
}
END_TEST

START_TEST(map_of_holes_beyond_the_size_is_refused)
{
    struct made_image *made = new_image();

    LAYER(made,
          { .name = "disk", .content = "x", .pax = PAX("GNU.sparse.size=10", "GNU.sparse.map=1000000,1") });
    expect_refused(made, "its map of holes does not fit its size");
}
END_TEST

/* ---- headers */

START_TEST(extended_header_beyond_any_use_is_refused)
{
    struct bomb bomb = begin_bomb();

    bomb_add_member(&bomb,
                    &(struct tar_member){ .name = "x", .type = 'x', .claimed_size = 512 * (long long)MIB });
    bomb_add_repeated(&bomb, '1', 64 * MIB);
    expect_refused(end_bomb(&bomb), "header");
    expect_flat();
}
END_TEST

START_TEST(long_name_beyond_any_use_is_refused)
{
    struct bomb bomb = begin_bomb();

    bomb_add_member(&bomb,
                    &(struct tar_member){ .name = "x", .type = 'L', .claimed_size = 64 * (long long)MIB });
    bomb_add_repeated(&bomb, 'x', 64 * MIB);
    expect_refused(end_bomb(&bomb), "arge");
    expect_flat();
}
END_TEST

/* Every "0\n0\n" of such a map becomes a piece of memory ten times as long in libarchive. */
START_TEST(map_of_a_million_holes_is_refused)
{
    struct bomb bomb = begin_bomb();
    size_t length = 64 * MIB;

    bomb_add_member(&bomb, &(struct tar_member){
                               .name = "GNUSparseFile.0/disk",
                               .claimed_size = (long long)length,
                               .pax = PAX("GNU.sparse.major=1", "GNU.sparse.minor=0", "GNU.sparse.name=disk",
                                          "GNU.sparse.realsize=1000"),
                           });
    bomb_add(&bomb, "16777000\n", 9);
    for (size_t i = 9; i + 4096 <= length; i += 4096) {
        char zeros[4097];

        for (size_t j = 0; j < 4096; j += 4)
            memcpy(zeros + j, "0\n0\n", 5);
        bomb_add(&bomb, zeros, 4096);
    }
    expect_refused(end_bomb(&bomb), "the headers of one entry are longer than");
    expect_flat();
}
END_TEST

/* ---- entries */

static struct made_image *many(char type, int count)
{
    struct bomb bomb = begin_bomb();

    for (int i = 0; i < count; i++) {
        _cleanup_free_ char *name = formatted("a/directory/of/some/length/%d/%d", i / 1000, i);

        bomb_add_member(&bomb, &(struct tar_member){ .name = name, .type = type, .mtime = i });
    }
    return end_bomb(&bomb);
}

/* Every entry that is remembered would take 100 bytes or so. The roots are in memory: a disk takes minutes to
 * remove so many directories. */
static void expect_no_memory_for(char type)
{
    struct made_image *few = many(type, 1000), *most = many(type, 30000);
    long before;

    ck_assert_msg(mount("tmpfs", most->place, "tmpfs", 0, NULL) == 0, "mount tmpfs: %m");
    put_file(most->place, "canary", "alive");
    expect_extracted(few);
    before = max_rss_kib();
    expect_extracted(most);
    ck_assert_msg(max_rss_kib() <= before + 1024,
                  "wanted at most 1024 KiB more for 29000 entries more, got %ld", max_rss_kib() - before);
    ck_assert_int_eq(root_stat(most, "a/directory/of/some/length/29/29999").st_mtime, 29999);
    ck_assert_int_eq(umount2(most->place, 0), 0);
}

START_TEST(many_files_need_no_memory)
{
    expect_no_memory_for('0');
}
END_TEST

START_TEST(many_directories_need_no_memory)
{
    expect_no_memory_for('5');
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { file_larger_than_allowed_is_refused_at_its_header, 0, 0 },
        { layers_count_together, 0, 0 },
        { bytes_behind_the_tar_meet_the_limit, NEED_NATIVE, 0 },
        { contents_within_the_limit_are_taken_with_flat_memory, NEED_NATIVE, 0 },
        { size_of_holes_counts, 0, 0 },
        { map_of_holes_beyond_the_size_is_refused, 0, 0 },
        { extended_header_beyond_any_use_is_refused, NEED_NATIVE, 0 },
        { long_name_beyond_any_use_is_refused, NEED_NATIVE, 0 },
        { map_of_a_million_holes_is_refused, NEED_NATIVE, 0 },
        { many_files_need_no_memory, NEED_NATIVE | NEED_ROOT, 0 },
        { many_directories_need_no_memory, NEED_NATIVE | NEED_ROOT, 0 },
    };

    return RUN_TESTS("extract/bombs", tests, argc, argv);
}
