/* "Did you mean …?": the candidate with the smallest edit distance. */
#include "keyword.h"

#include <ctype.h>
#include <string.h>

#define LONGEST 20 /* letters; nothing longer is compared */

static bool same(char a, char b)
{
    return tolower((unsigned char)a) == tolower((unsigned char)b);
}

static int smaller(int a, int b)
{
    return a < b ? a : b;
}

/* How many letters have to be changed, added, left out or swapped with their neighbour to make B of A (the
 * optimal string alignment distance). distance[i][j] is that of A's first i and B's first j letters. */
static int edit_distance(const char *a, const char *b)
{
    int distance[LONGEST + 1][LONGEST + 1];
    int a_length = (int)strlen(a), b_length = (int)strlen(b);

    for (int i = 0; i <= a_length; i++)
        distance[i][0] = i;
    for (int j = 0; j <= b_length; j++)
        distance[0][j] = j;
    for (int i = 1; i <= a_length; i++) {
        for (int j = 1; j <= b_length; j++) {
            int changed = distance[i - 1][j - 1] + !same(a[i - 1], b[j - 1]);

            distance[i][j] = smaller(changed, smaller(distance[i - 1][j], distance[i][j - 1]) + 1);
            if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1]))
                distance[i][j] = smaller(distance[i][j], distance[i - 2][j - 2] + 1);
        }
    }
    return distance[a_length][b_length];
}

const char *nearest(const char *word, const char *const *candidates)
{
    const char *best = NULL;
    int length = (int)strnlen(word, LONGEST + 1);
    int least = length > 3 ? 3 : 2; /* as many mistakes are no typing error any more */

    if (length > LONGEST)
        return NULL;
    for (; *candidates; candidates++) {
        int distance = strlen(*candidates) > LONGEST ? least : edit_distance(word, *candidates);

        if (distance < least) {
            least = distance;
            best = *candidates;
        }
    }
    return best;
}
