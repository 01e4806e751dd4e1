/* Vectors of strings, and environments, which are such vectors. */
#include "str.h"

#include <string.h>

void strv_add_owned(struct strv *v, char *text)
{
    /* The capacity is the next power of two: grow when count + the NULL reaches it. */
    if ((v->count & (v->count + 1)) == 0)
        v->items = must_realloc(v->items, (v->count + 1) * 2, sizeof *v->items);
    v->items[v->count++] = text;
    v->items[v->count] = NULL;
}

void strv_add(struct strv *v, const char *text)
{
    strv_add_owned(v, must_strdup(text));
}

void strv_add_all(struct strv *v, const struct strv *from)
{
    for (size_t i = 0; i < from->count; i++)
        strv_add(v, from->items[i]);
}

bool strv_has(const struct strv *v, const char *text)
{
    for (size_t i = 0; i < v->count; i++)
        if (strcmp(v->items[i], text) == 0)
            return true;
    return false;
}

void strv_free(struct strv *v)
{
    for (size_t i = 0; i < v->count; i++)
        free(v->items[i]);
    free(v->items);
    *v = (struct strv){ 0 };
}

/* The last "NAME=…" of ENV, or NULL: what a program that looks from the end would see, and what getenv
 * sees once env_set has seen to it that there is one only. */
static char **env_find(const struct strv *env, const char *name)
{
    size_t length = strlen(name);

    for (size_t i = env->count; i > 0; i--)
        if (strncmp(env->items[i - 1], name, length) == 0 && env->items[i - 1][length] == '=')
            return &env->items[i - 1];
    return NULL;
}

const char *env_get(const struct strv *env, const char *name)
{
    char **found = env_find(env, name);

    return found ? *found + strlen(name) + 1 : NULL;
}

void env_set(struct strv *env, const char *name, const char *value)
{
    char **found = env_find(env, name);
    char *entry = formatted("%s=%s", name, value);

    if (!found) {
        strv_add_owned(env, entry);
        return;
    }
    free(*found);
    *found = entry;
}
