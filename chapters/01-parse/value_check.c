/* Looking at values with a grammar of their own: ports, and RUN's mounts. */
#include "checker.h"
#include "diagnostic.h"
#include "keyword.h"

#include <string.h>
#include <strings.h>

/* Take a port number, 0 to 65535, at *TEXT into *PORT. */
static bool take_port(const char **text, long *port)
{
    size_t digits = strspn(*text, "0123456789");

    *port = 0;
    for (size_t i = 0; i < digits && *port <= 65535; i++)
        *port = *port * 10 + ((*text)[i] - '0');
    *text += digits;
    return digits > 0 && *port <= 65535;
}

/* 80, 80/tcp, 8000-8010/udp. */
static bool is_port_range(const char *text)
{
    long first, last;

    if (!take_port(&text, &first))
        return false;
    if (*text == '-') {
        text++;
        if (!take_port(&text, &last) || last < first)
            return false;
    }
    return *text == '\0' || strcasecmp(text, "/tcp") == 0 || strcasecmp(text, "/udp") == 0 ||
           strcasecmp(text, "/sctp") == 0;
}

void check_expose(struct dockerfile *file, const struct instruction *instruction)
{
    for (size_t i = 0; i < instruction->args.count; i++) {
        const char *port = instruction->args.items[i];

        if (strpbrk(port, "$\"'\\`")) /* to be expanded first */
            continue;
        if (strchr(port, ':'))
            diagnose_warning(file, instruction->first_line,
                             "%s %s: where the host publishes a port is said with `docker run -p`",
                             instruction->name, port);
        else if (!is_port_range(port))
            diagnose_error(file, instruction->first_line,
                           "%s %s: this is no port; write for example 80, 53/udp or 8000-8010",
                           instruction->name, port);
    }
}

static const char *const mount_types[] = { "bind", "cache", "secret", "ssh", "tmpfs", NULL };
static const char *const mount_keys[] = {
    "type", "from", "source",  "src",      "target", "dst",  "destination", "readonly", "ro",  "readwrite",
    "rw",   "id",   "sharing", "required", "size",   "mode", "uid",         "gid",      "env", NULL,
};

static bool is_one_of(const char *word, const char *const *words)
{
    for (; *words; words++)
        if (strcasecmp(word, *words) == 0)
            return true;
    return false;
}

static void unknown_word(struct dockerfile *file, const struct instruction *instruction, const char *what,
                         const char *word, const char *const *words)
{
    const char *meant = nearest(word, words);

    if (meant)
        diagnose_error(file, instruction->first_line, "%s --mount: unknown %s \"%s\" (did you mean %s?)",
                       instruction->name, what, word, meant);
    else
        diagnose_error(file, instruction->first_line, "%s --mount: unknown %s \"%s\"", instruction->name,
                       what, word);
}

/* One field of a mount: KEY or KEY=VALUE. */
static void check_mount_field(struct dockerfile *file, const struct instruction *instruction, char *field)
{
    char *value = strchr(field, '=');

    if (value)
        *value++ = '\0';
    if (!is_one_of(field, mount_keys))
        unknown_word(file, instruction, "key", field, mount_keys);
    else if (strcasecmp(field, "type") == 0 && value && !strchr(value, '$') && !is_one_of(value, mount_types))
        unknown_word(file, instruction, "type", value, mount_types);
}

/* Fields are separated as in CSV (RFC 4180): one with a comma in it is in double quotes. Such a mount is left
 * to the builder that has it. */
void check_mount(struct dockerfile *file, const struct instruction *instruction, const char *mount)
{
    if (strchr(mount, '"'))
        return;
    while (*mount != '\0') {
        size_t length = strcspn(mount, ",");
        _cleanup_free_ char *field = must_strndup(mount, length);

        check_mount_field(file, instruction, field);
        mount += length;
        mount += *mount == ',';
    }
}
