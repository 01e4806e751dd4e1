/* A set of numbers that come in runs, as inode numbers do: 64 neighbours share a slot of 16 bytes, so that a
 * million files of a layer fit in less than a megabyte. */
#ifndef GOCKER_NUMBER_SET_H
#define GOCKER_NUMBER_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* {0} is an empty set. */
struct number_set {
    struct number_slot *slots;
    size_t size; /* slots there are, a power of two, or 0 */
    size_t used;
};

void number_set_add(struct number_set *set, uint64_t number);
bool number_set_has(const struct number_set *set, uint64_t number);
void number_set_free(struct number_set *set); /* leaves it empty */

#endif
