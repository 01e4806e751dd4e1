/* Tars made by hand. */
#include "tar_maker.h"

#include "keep.h"
#include "testing.h"

#include <archive.h>
#include <archive_entry.h>
#include <string.h>

#define BLOCK 512

static void pad(struct str *tar)
{
    static const char zeros[BLOCK];

    str_add_bytes(tar, zeros, (BLOCK - tar->length % BLOCK) % BLOCK);
}

/* Octal with a NUL behind it; what does not fit is in base 256, the first bit set. */
static void put_number(unsigned char *field, size_t size, long long number)
{
    if (number >= 0 && number < 1LL << (3 * (size - 1))) {
        for (size_t i = size - 1; i-- > 0; number >>= 3)
            field[i] = (unsigned char)('0' + (number & 7));
        return;
    }
    for (size_t i = size; i-- > 0; number >>= 8)
        field[i] = (unsigned char)(number & 0xff);
    field[0] |= 0x80;
}

static void put_text(unsigned char *field, size_t size, const char *text)
{
    size_t length = strlen(text);

    memcpy(field, text, length < size ? length : size);
}

static void add_header(struct str *tar, const struct tar_member *member, size_t size)
{
    unsigned char block[BLOCK] = { 0 };
    char type = member->type ? member->type : '0';
    unsigned mode = member->mode ? member->mode & 07777 : type == '5' ? 0755 : 0644;
    unsigned sum = 0;

    put_text(block, 100, member->name);
    put_number(block + 100, 8, mode);
    put_number(block + 108, 8, member->uid);
    put_number(block + 116, 8, member->gid);
    put_number(block + 124, 12, member->claimed_size ? member->claimed_size : (long long)size);
    put_number(block + 136, 12, member->mtime);
    memset(block + 148, ' ', 8);
    block[156] = (unsigned char)type;
    put_text(block + 157, 100, member->target ? member->target : "");
    memcpy(block + 257, "ustar\00000", 8);
    put_number(block + 329, 8, member->major);
    put_number(block + 337, 8, member->minor);
    for (size_t i = 0; i < BLOCK; i++)
        sum += block[i];
    put_number(block + 148, 7, sum);
    str_add_bytes(tar, block, BLOCK);
}

static void add_special(struct str *tar, char type, const void *bytes, size_t length)
{
    add_header(tar, &(struct tar_member){ .name = "special", .type = type }, length);
    str_add_bytes(tar, bytes, length);
    pad(tar);
}

/* "LENGTH NAME=VALUE\n", where LENGTH counts its own digits too. */
static void add_record(struct str *records, const char *record, size_t length)
{
    size_t digits = 1, total;

    for (size_t limit = 10; (total = digits + 1 + length + 1) >= limit; limit *= 10)
        digits++;
    str_addf(records, "%zu ", total);
    str_add_bytes(records, record, length);
    str_add_char(records, '\n');
}

void tar_add_pax_bytes(struct str *tar, const char *name, const void *value, size_t length)
{
    _cleanup_str_ struct str record = { 0 }, records = { 0 };

    str_addf(&record, "%s=", name);
    str_add_bytes(&record, value, length);
    add_record(&records, record.text, record.length);
    add_special(tar, 'x', records.text, records.length);
}

void tar_add_member(struct str *tar, const struct tar_member *member)
{
    size_t size = member->content && !member->size ? strlen(member->content) : member->size;
    _cleanup_str_ struct str records = { 0 };

    for (const char *const *record = member->pax; record && *record; record++)
        add_record(&records, *record, strlen(*record));
    if (records.length > 0)
        add_special(tar, 'x', records.text, records.length);
    if (strlen(member->name) > 100)
        add_special(tar, 'L', member->name, strlen(member->name) + 1);
    if (member->target && strlen(member->target) > 100)
        add_special(tar, 'K', member->target, strlen(member->target) + 1);
    add_header(tar, member, size);
    if (member->content)
        str_add_bytes(tar, member->content, size);
    pad(tar);
}

void tar_end(struct str *tar)
{
    static const char zeros[2 * BLOCK];

    str_add_bytes(tar, zeros, sizeof zeros);
}

struct str packed(enum packing packing, const void *bytes, size_t length)
{
    struct str out = { 0 };
    size_t used = 0, room = length + length / 8 + 4096;
    struct archive *archive = archive_write_new();
    struct archive_entry *entry = archive_entry_new();
    char *buffer = must_calloc(room, 1);

    if (packing == PACK_GZIP)
        archive_write_add_filter_gzip(archive);
    else if (packing == PACK_ZSTD)
        archive_write_add_filter_zstd(archive);
    archive_write_set_format_raw(archive);
    archive_write_set_bytes_per_block(archive, 0); /* no padding */
    ck_assert_int_eq(archive_write_open_memory(archive, buffer, room, &used), ARCHIVE_OK);
    archive_entry_set_filetype(entry, AE_IFREG);
    archive_entry_set_pathname(entry, "data");
    ck_assert_int_eq(archive_write_header(archive, entry), ARCHIVE_OK);
    ck_assert_int_eq(archive_write_data(archive, bytes, length), (la_ssize_t)length);
    ck_assert_int_eq(archive_write_close(archive), ARCHIVE_OK);
    archive_entry_free(entry);
    archive_write_free(archive);
    str_add_bytes(&out, buffer, used);
    free(buffer);
    if (out.text)
        keep(out.text);
    return out;
}
