/* A hash table of 64-bit pieces of a bitmap, with linear probing; a piece without bits is a free slot. */
#include "number_set.h"
#include "str.h"

struct number_slot {
    uint64_t run;  /* the numbers from 64 * run to 64 * run + 63 */
    uint64_t bits; /* which of them are in the set */
};

/* The slot that holds RUN, or the free one where it would go. */
static struct number_slot *find(const struct number_set *set, uint64_t run)
{
    uint64_t hash = run * 0x9e3779b97f4a7c15; /* 2^64 by the golden ratio: spreads neighbours (Knuth, 6.4) */
    size_t at = (hash >> 32) & (set->size - 1);

    while (set->slots[at].bits != 0 && set->slots[at].run != run)
        at = (at + 1) & (set->size - 1);
    return &set->slots[at];
}

static void grow(struct number_set *set)
{
    struct number_set old = *set;

    set->size = old.size ? 2 * old.size : 64;
    set->slots = must_calloc(set->size, sizeof *set->slots);
    for (size_t i = 0; i < old.size; i++)
        if (old.slots[i].bits != 0)
            *find(set, old.slots[i].run) = old.slots[i];
    free(old.slots);
}

void number_set_add(struct number_set *set, uint64_t number)
{
    struct number_slot *slot;

    if (4 * (set->used + 1) > 3 * set->size)
        grow(set);
    slot = find(set, number / 64);
    if (slot->bits == 0)
        set->used++;
    slot->run = number / 64;
    slot->bits |= (uint64_t)1 << number % 64;
}

bool number_set_has(const struct number_set *set, uint64_t number)
{
    return set->size > 0 && (find(set, number / 64)->bits >> number % 64 & 1);
}

void number_set_free(struct number_set *set)
{
    free(set->slots);
    *set = (struct number_set){ 0 };
}
