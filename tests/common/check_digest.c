/* Digests: which texts are some, and the sums (the examples of FIPS 180-2, appendix B). */
#include "digest.h"
#include "str.h"
#include "testing.h"

#include <string.h>

#define EMPTY      "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define ABC        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define TWO_BLOCKS "sha256:248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
#define MILLION    "sha256:cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"

START_TEST(digests_of_known_texts)
{
    const char *two_blocks = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
    char got[DIGEST_SIZE];

    digest_of("", 0, got);
    ck_assert_str_eq(got, EMPTY);
    digest_of("abc", 3, got);
    ck_assert_str_eq(got, ABC);
    digest_of(two_blocks, strlen(two_blocks), got);
    ck_assert_str_eq(got, TWO_BLOCKS);
}
END_TEST

START_TEST(digest_in_pieces_is_that_of_the_whole)
{
    _cleanup_(sha256_free) struct sha256 *hash = sha256_new();
    char got[DIGEST_SIZE], as[1000];

    memset(as, 'a', sizeof as);
    for (size_t left = 1000000, piece = 1; left > 0; left -= piece) {
        piece = piece * 7 % sizeof as + 1;
        if (piece > left)
            piece = left;
        sha256_update(hash, as, piece);
    }
    sha256_update(hash, as, 0);
    sha256_final(hash, got);
    ck_assert_str_eq(got, MILLION);
}
END_TEST

START_TEST(nothing_hashed_is_the_empty_digest)
{
    _cleanup_(sha256_free) struct sha256 *hash = sha256_new();
    char got[DIGEST_SIZE];

    sha256_final(hash, got);
    ck_assert_str_eq(got, EMPTY);
    ck_assert(digest_valid(got));
}
END_TEST

START_TEST(free_forgets_the_hash_and_takes_null)
{
    struct sha256 *hash = sha256_new();

    sha256_free(&hash);
    ck_assert_ptr_null(hash);
    sha256_free(&hash);
    ck_assert_ptr_null(hash);
}
END_TEST

START_TEST(hex_is_the_file_name)
{
    ck_assert_str_eq(digest_hex(ABC), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

/* Each is one step away from a digest, or is what somebody would like us to open. */
START_TEST(everything_but_a_digest_is_refused)
{
    const char *bad[] = {
        "",
        "sha256:",
        "sha256",
        (ABC "a"),
        (ABC "\n"),
        (" " ABC),
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015a",
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ag",
        "sha256:BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
        "SHA256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha512:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha256-ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad",
        "sha256:../../../../../../../../../../../../../../../../../etc/passwd0000",
        "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f2001/ad",
        "sha256:................................................................",
    };

    ck_assert(digest_valid(ABC));
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!digest_valid(bad[i]), "wanted \"%s\" refused, but it was taken for a digest", bad[i]);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { digests_of_known_texts, 0, 0 },
        { digest_in_pieces_is_that_of_the_whole, 0, 0 },
        { nothing_hashed_is_the_empty_digest, 0, 0 },
        { free_forgets_the_hash_and_takes_null, 0, 0 },
        { hex_is_the_file_name, 0, 0 },
        { everything_but_a_digest_is_refused, 0, 0 },
    };

    return RUN_TESTS("common/digest", tests, argc, argv);
}
