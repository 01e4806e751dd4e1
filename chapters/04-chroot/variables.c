/* ARG and ENV: which variables an instruction sees. */
#include "variables.h"
#include "word.h"

#include <string.h>
#include <strings.h>

static void add_platform(struct strv *env, const char *prefix, const struct platform *platform)
{
    _cleanup_free_ char *text = platform_text(platform);
    const char *const pairs[][2] = {
        { "PLATFORM", text },
        { "OS", platform->os },
        { "ARCH", platform->architecture },
        { "VARIANT", platform->variant },
    };

    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        _cleanup_free_ char *name = formatted("%s%s", prefix, pairs[i][0]);

        env_set(env, name, pairs[i][1]);
    }
}

void variables_begin(struct variables *v, char escape, const struct strv *given,
                     const struct platform *target)
{
    struct platform machine;

    *v = (struct variables){ .escape = escape };
    platform_of_machine(&machine);
    add_platform(&v->global, "BUILD", &machine);
    add_platform(&v->global, "TARGET", target);
    for (size_t i = 0; i < given->count; i++) {
        const char *text = given->items[i], *own = strchr(text, '=') ? NULL : getenv(text);

        if (strchr(text, '='))
            strv_add(&v->given, text);
        else if (own)
            env_set(&v->given, text, own);
    }
}

void variables_free(struct variables *v)
{
    strv_free(&v->given);
    strv_free(&v->global);
    strv_free(&v->args);
    strv_free(&v->env);
    strv_free(&v->declared);
}

static void set_all(struct strv *env, const struct strv *from)
{
    for (size_t i = 0; i < from->count; i++) {
        const char *text = from->items[i], *equals = strchrnul(text, '=');
        _cleanup_free_ char *name = must_strndup(text, (size_t)(equals - text));

        env_set(env, name, *equals ? equals + 1 : "");
    }
}

/* ENV is laid over ARG: it wins, in whichever order they come. */
static void visible(const struct variables *v, struct strv *env)
{
    if (!v->in_stage) {
        set_all(env, &v->global);
        return;
    }
    set_all(env, &v->args);
    set_all(env, &v->env);
}

char *variables_expand(const struct variables *v, const char *word, struct error *err)
{
    _cleanup_strv_ struct strv env = { 0 };

    visible(v, &env);
    return word_expand(word, v->escape, &env, err);
}

char *variables_expand_body(const struct variables *v, const char *body, struct error *err)
{
    _cleanup_strv_ struct strv env = { 0 };

    visible(v, &env);
    return body_expand(body, &env, err);
}

/* The value is --build-arg's, else the default, else that of an ARG before FROM; else there is none. */
int variables_declare(struct variables *v, const char *word, struct error *err)
{
    const char *equals = strchrnul(word, '=');
    _cleanup_free_ char *raw_name = must_strndup(word, (size_t)(equals - word));
    _cleanup_free_ char *name = variables_expand(v, raw_name, err);
    _cleanup_free_ char *value = NULL;
    const char *given = name ? env_get(&v->given, name) : NULL;

    if (!name)
        return -1;
    strv_add(&v->declared, name);
    if (given)
        value = must_strdup(given);
    else if (*equals == '=')
        value = variables_expand(v, equals + 1, err);
    else if (env_get(&v->global, name))
        value = must_strdup(env_get(&v->global, name));
    else
        return 0;
    if (!value)
        return -1;
    env_set(v->in_stage ? &v->args : &v->global, name, value);
    return 0;
}

static bool is_proxy(const char *name)
{
    const char *const proxies[] = { "http_proxy", "https_proxy", "ftp_proxy", "no_proxy", "all_proxy" };

    for (size_t i = 0; i < sizeof proxies / sizeof *proxies; i++)
        if (strcasecmp(name, proxies[i]) == 0)
            return true;
    return false;
}

void variables_warn_unused(const struct variables *v)
{
    for (size_t i = 0; i < v->given.count; i++) {
        const char *text = v->given.items[i];
        _cleanup_free_ char *name = must_strndup(text, strcspn(text, "="));

        if (!strv_has(&v->declared, name) && !is_proxy(name))
            warn("--build-arg %s: the Dockerfile has no ARG of this name", name);
    }
}
