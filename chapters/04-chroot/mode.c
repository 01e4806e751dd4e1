/* Permissions as COPY --chmod writes them. */
#include "mode.h"
#include "str.h"

#include <string.h>
#include <sys/stat.h>

#define PERMISSIONS (S_ISUID | S_ISGID | S_ISVTX | S_IRWXU | S_IRWXG | S_IRWXO)

/* For the classes in WHO (S_IRWXU, S_IRWXG and S_IRWXO ored), the bits that PERM grants them. 0 also for a
 * letter that is none, which the caller has excluded. */
static mode_t bits_of(char perm, mode_t who, mode_t mode)
{
    mode_t one; /* of rwx, the three bits to repeat in each class */

    switch (perm) {
    case 'r': one = 04; break;
    case 'w': one = 02; break;
    case 'x': one = 01; break;
    case 'X': one = S_ISDIR(mode) || (mode & 0111) ? 01 : 0; break;
    case 'u': one = (mode >> 6) & 07; break;
    case 'g': one = (mode >> 3) & 07; break;
    case 'o': one = mode & 07; break;
    case 's': return (who & S_IRWXU ? S_ISUID : 0) | (who & S_IRWXG ? S_ISGID : 0);
    case 't': return S_ISVTX;
    default: return 0;
    }
    return (one << 6 | one << 3 | one) & who;
}

static mode_t read_who(const char **p)
{
    mode_t who = 0;

    for (;; ++*p)
        switch (**p) {
        case 'u': who |= S_IRWXU; break;
        case 'g': who |= S_IRWXG; break;
        case 'o': who |= S_IRWXO; break;
        case 'a': who |= S_IRWXU | S_IRWXG | S_IRWXO; break;
        default: return who ? who : S_IRWXU | S_IRWXG | S_IRWXO;
        }
}

/* One clause, "go-w" or "u=r+x", of the form [ugoa]*([-+=][rwxXstugo]*)+. False where it is malformed. */
static bool apply_clause(const char **p, mode_t *mode)
{
    mode_t who = read_who(p), bits, cleared;

    if (!**p || !strchr("+-=", **p))
        return false;
    while (**p && strchr("+-=", **p)) {
        char sign = *(*p)++;

        for (bits = 0; **p && strchr("rwxXstugo", **p); ++*p)
            bits |= bits_of(**p, who, *mode);
        cleared = sign == '=' ? who | bits_of('s', who, *mode) : bits;
        *mode = sign == '+' ? *mode | bits : *mode & ~cleared;
        if (sign == '=')
            *mode |= bits;
    }
    return **p == '\0' || **p == ',';
}

int mode_change(const char *text, mode_t mode, mode_t *changed, struct error *err)
{
    const char *p = text;

    if (text[0] != '\0' && text[strspn(text, "01234567")] == '\0' && strlen(text) < 12) {
        unsigned long octal = strtoul(text, NULL, 8);

        if (octal > PERMISSIONS)
            return fail(err, 0, "mode %s: octal goes up to 7777", text);
        *changed = (mode & S_IFMT) | (mode_t)octal;
        return 0;
    }
    *changed = mode;
    do
        if (!apply_clause(&p, changed))
            return fail(err, 0, "mode %s: neither octal (755) nor symbolic (u=rwX,go-w)", text);
    while (*p++ == ',');
    return 0;
}
