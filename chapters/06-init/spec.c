/* A container as JSON: what the host tells the init. */
#include "spec.h"
#include "json.h"
#include "json_text.h"

#include <string.h>

/* ---- writing */

/* The writer would put U+FFFD for bytes that are not UTF-8, and a program would get other arguments than it
 * was given. */
static int check_text(const char *what, const char *text, struct error *err)
{
    size_t left = strlen(text);

    while (left > 0) {
        size_t size = json_utf8_size(text, left);

        if (size == 0)
            return fail(err, 0, "%s is not UTF-8, from the byte 0x%02x on", what, (unsigned char)*text);
        text += size;
        left -= size;
    }
    return 0;
}

static int check_texts(const char *what, const struct strv *texts, struct error *err)
{
    for (size_t i = 0; i < texts->count; i++)
        if (check_text(what, texts->items[i], err) < 0)
            return -1;
    return 0;
}

static int check_all(const struct container *c, struct error *err)
{
    if (check_texts("an argument of the program", &c->process.args, err) < 0 ||
        check_texts("a variable of the environment", &c->process.env, err) < 0 ||
        check_text("the working directory", c->process.cwd, err) < 0 ||
        check_text("the path of the root filesystem", c->root.path, err) < 0)
        return -1;
    for (size_t i = 0; i < c->mount_count; i++)
        if (check_text("the place of a volume", c->mounts[i].destination, err) < 0 ||
            check_text("the path of a volume", c->mounts[i].source, err) < 0 ||
            check_text("an option of a mount", c->mounts[i].options, err) < 0)
            return -1;
    return 0;
}

static void write_process(const struct container *c, struct json_writer *w)
{
    json_open_object(w, "process");
    json_add_bool(w, "terminal", c->process.terminal);
    json_open_object(w, "consoleSize");
    json_add_int(w, "height", c->process.console_size.height);
    json_add_int(w, "width", c->process.console_size.width);
    json_close(w);
    json_open_object(w, "user");
    json_add_int(w, "uid", c->process.user.uid);
    json_add_int(w, "gid", c->process.user.gid);
    json_open_array(w, "additionalGids");
    for (size_t i = 0; i < c->process.user.additional_gid_count; i++)
        json_add_int(w, NULL, c->process.user.additional_gids[i]);
    json_close(w);
    json_close(w);
    json_add_strings(w, "args", &c->process.args);
    json_add_strings(w, "env", &c->process.env);
    json_add_string(w, "cwd", c->process.cwd);
    json_close(w);
}

static void write_mount(const struct mount *mount, struct json_writer *w)
{
    _cleanup_free_ char *copy = must_strdup(mount->options);

    json_open_object(w, NULL);
    json_add_string(w, "destination", mount->destination);
    json_add_string(w, "type", mount->type);
    json_add_string(w, "source", mount->source);
    json_open_array(w, "options");
    for (char *rest = copy, *option; (option = strsep(&rest, ",")) != NULL;)
        json_add_string(w, NULL, option);
    json_close(w);
    json_close(w);
}

int spec_write(const struct container *c, struct str *text, struct error *err)
{
    struct json_writer w = { 0 };

    if (check_all(c, err) < 0)
        return -1;
    json_open_object(&w, NULL);
    write_process(c, &w);
    json_open_object(&w, "root");
    json_add_string(&w, "path", c->root.path);
    json_add_bool(&w, "readonly", c->root.readonly);
    json_close(&w);
    json_open_array(&w, "mounts");
    for (size_t i = 0; i < c->mount_count; i++)
        write_mount(&c->mounts[i], &w);
    json_close(&w);
    json_close(&w);
    str_add_bytes(text, w.out.text, w.out.length);
    str_free(&w.out);
    return 0;
}

/* ---- reading */

#define MOST_ID (UINT32_MAX - 1) /* to setresuid(2) the one above means: leave it as it is */

static int missing(const char *name, struct error *err)
{
    return fail(err, 0, "\"%s\" is missing or not as it should be", name);
}

static int read_text(const struct json *object, const char *name, char **text, struct error *err)
{
    const char *string = json_string(json_get(object, name));

    if (!string)
        return missing(name, err);
    *text = must_strdup(string);
    return 0;
}

static int read_number(const struct json *object, const char *name, int64_t most, int64_t *number,
                       struct error *err)
{
    if (!json_int(json_get(object, name), number) || *number < 0 || *number > most)
        return missing(name, err);
    return 0;
}

static int read_user(const struct json *user, struct container *c, struct error *err)
{
    const struct json *gids = json_get(user, "additionalGids");
    int64_t uid, gid;

    if (read_number(user, "uid", MOST_ID, &uid, err) < 0 || read_number(user, "gid", MOST_ID, &gid, err) < 0)
        return -1;
    c->process.user.uid = (uid_t)uid;
    c->process.user.gid = (gid_t)gid;
    if (!gids || gids->type != JSON_ARRAY)
        return missing("additionalGids", err);
    c->process.user.additional_gids = must_calloc(gids->count + 1, sizeof(gid_t));
    for (const struct json *value = gids->first; value; value = value->next) {
        if (!json_int(value, &gid) || gid < 0 || gid > MOST_ID)
            return missing("additionalGids", err);
        c->process.user.additional_gids[c->process.user.additional_gid_count++] = (gid_t)gid;
    }
    return 0;
}

static int read_process(const struct json *process, struct container *c, struct error *err)
{
    const struct json *size = json_get(process, "consoleSize");
    int64_t height, width;

    if (read_number(size, "height", UINT16_MAX, &height, err) < 0 ||
        read_number(size, "width", UINT16_MAX, &width, err) < 0 ||
        read_user(json_get(process, "user"), c, err) < 0 ||
        read_text(process, "cwd", &c->process.cwd, err) < 0)
        return -1;
    c->process.terminal = json_true(json_get(process, "terminal"));
    c->process.console_size.height = (unsigned short)height;
    c->process.console_size.width = (unsigned short)width;
    if (!json_strings(json_get(process, "args"), &c->process.args) || c->process.args.count == 0)
        return missing("args", err);
    if (!json_strings(json_get(process, "env"), &c->process.env))
        return missing("env", err);
    return 0;
}

static int read_mount(const struct json *mount, struct container *c, struct error *err)
{
    const char *destination = json_string(json_get(mount, "destination")),
               *type = json_string(json_get(mount, "type")), *source = json_string(json_get(mount, "source"));
    _cleanup_strv_ struct strv options = { 0 };
    _cleanup_str_ struct str joined = { 0 };

    if (!destination || !type || !source || !json_strings(json_get(mount, "options"), &options))
        return missing("mounts", err);
    for (size_t i = 0; i < options.count; i++)
        str_addf(&joined, "%s%s", i > 0 ? "," : "", options.items[i]);
    container_add_mount(c, destination, type, source, str_text(&joined));
    return 0;
}

int spec_read(const char *text, size_t length, struct container *c, struct error *err)
{
    _cleanup_json_ struct json *spec = json_parse(text, length, err);
    const struct json *root = json_get(spec, "root"), *mounts = json_get(spec, "mounts");

    if (!spec || read_process(json_get(spec, "process"), c, err) < 0 ||
        read_text(root, "path", &c->root.path, err) < 0)
        return -1;
    c->root.readonly = json_true(json_get(root, "readonly"));
    for (const struct json *mount = mounts ? mounts->first : NULL; mount; mount = mount->next)
        if (read_mount(mount, c, err) < 0)
            return -1;
    return 0;
}
