/* JSON: any bytes are refused, or come back unchanged from being written and read again. */
#include "fuzz.h"
#include "json.h"

/* VALUE on one line, or several. */
static char *text_of(const struct json *value, bool pretty)
{
    struct json_writer w = { .pretty = pretty };

    json_add_value(&w, NULL, value);
    must_hold(w.depth == 0);
    return str_take(&w.out);
}

static struct json *parse(const char *text)
{
    struct error err = { 0 };
    struct json *value = json_parse(text, strlen(text), &err);

    must_hold(value != NULL);
    return value;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct error err = { 0 };
    _cleanup_json_ struct json *value = json_parse((const char *)data, size, &err);

    if (!value) {
        must_hold(err.text[0] != '\0');
        return 0;
    }
    _cleanup_free_ char *line = text_of(value, false), *lines = text_of(value, true);
    _cleanup_json_ struct json *again = parse(line), *pretty_again = parse(lines);
    _cleanup_free_ char *line_again = text_of(again, false), *pretty_line = text_of(pretty_again, false);

    must_hold(strcmp(line, line_again) == 0);
    must_hold(strcmp(line, pretty_line) == 0);
    return 0;
}
