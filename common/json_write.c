/* The JSON writer: commas, indentation and escapes in one place. */
#include "json.h"
#include "json_text.h"

#include <assert.h>
#include <inttypes.h>
#include <string.h>

static void put_quoted(struct str *out, const char *text)
{
    static const char special[] = "\"\\\b\f\n\r\t", letters[] = "\"\\bfnrt";
    size_t left = strlen(text);

    str_add_char(out, '"');
    while (left > 0) {
        size_t size = json_utf8_size(text, left);
        const char *found = strchr(special, *text);
        unsigned char byte = (unsigned char)*text;

        if (found)
            str_addf(out, "\\%c", letters[found - special]);
        else if (byte < 0x20 || byte == 0x7f) /* DEL need not be, but a terminal may be reading */
            str_addf(out, "\\u%04x", byte);
        else if (size == 0)
            str_add(out, "\xef\xbf\xbd"); /* U+FFFD */
        else
            str_add_bytes(out, text, size);
        text += size ? size : 1;
        left -= size ? size : 1;
    }
    str_add_char(out, '"');
}

static void put_line_break(struct json_writer *w)
{
    if (!w->pretty)
        return;
    str_add_char(&w->out, '\n');
    for (int i = 0; i < w->depth; i++)
        str_add(&w->out, "  ");
}

/* What stands before a value: the comma behind the one before, and the name. */
static void put_name(struct json_writer *w, const char *name)
{
    if (w->nonempty)
        str_add_char(&w->out, ',');
    if (w->depth > 0)
        put_line_break(w);
    w->nonempty = true;
    if (name) {
        put_quoted(&w->out, name);
        str_add(&w->out, w->pretty ? ": " : ":");
    }
}

static void open_bracket(struct json_writer *w, const char *name, char opener, char closer)
{
    put_name(w, name);
    assert(w->depth < (int)sizeof w->closers);
    str_add_char(&w->out, opener);
    w->closers[w->depth++] = closer;
    w->nonempty = false;
}

void json_open_object(struct json_writer *w, const char *name)
{
    open_bracket(w, name, '{', '}');
}

void json_open_array(struct json_writer *w, const char *name)
{
    open_bracket(w, name, '[', ']');
}

void json_close(struct json_writer *w)
{
    assert(w->depth > 0);
    w->depth--;
    if (w->nonempty)
        put_line_break(w);
    str_add_char(&w->out, w->closers[w->depth]);
    w->nonempty = true;
}

void json_add_string(struct json_writer *w, const char *name, const char *text)
{
    put_name(w, name);
    put_quoted(&w->out, text);
}

void json_add_int(struct json_writer *w, const char *name, int64_t number)
{
    put_name(w, name);
    str_addf(&w->out, "%" PRId64, number);
}

void json_add_bool(struct json_writer *w, const char *name, bool value)
{
    put_name(w, name);
    str_add(&w->out, value ? "true" : "false");
}

void json_add_strings(struct json_writer *w, const char *name, const struct strv *strings)
{
    json_open_array(w, name);
    for (size_t i = 0; i < strings->count; i++)
        json_add_string(w, NULL, strings->items[i]);
    json_close(w);
}

void json_add_value(struct json_writer *w, const char *name, const struct json *value)
{
    switch (value->type) {
    case JSON_NULL:
        put_name(w, name);
        str_add(&w->out, "null");
        break;
    case JSON_BOOL:
    case JSON_NUMBER: /* as written: no digit is lost */
        put_name(w, name);
        str_add(&w->out, value->text);
        break;
    case JSON_STRING: json_add_string(w, name, value->text); break;
    case JSON_ARRAY:
    case JSON_OBJECT:
        open_bracket(w, name, value->type == JSON_OBJECT ? '{' : '[', value->type == JSON_OBJECT ? '}' : ']');
        for (const struct json *member = value->first; member; member = member->next)
            json_add_value(w, member->name, member);
        json_close(w);
        break;
    }
}
