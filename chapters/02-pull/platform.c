/* Which image of several is this machine's. */
#include "platform.h"
#include "str.h"

#include <string.h>
#include <sys/utsname.h>

struct alias {
    const char *name;
    const char *architecture, *variant;
};

/* What uname -m, and people, call what Go calls GOARCH (and OCI with it: image-index.md, platform). */
static const struct alias aliases[] = {
    { "x86_64", "amd64", "" },    { "x86-64", "amd64", "" },
    { "aarch64", "arm64", "v8" }, { "armv8b", "arm", "v8" },
    { "armv8l", "arm", "v8" },    { "armv7l", "arm", "v7" },
    { "armhf", "arm", "v7" },     { "armv6l", "arm", "v6" },
    { "armel", "arm", "v6" },     { "armv5tel", "arm", "v5" },
    { "armv5tejl", "arm", "v5" }, { "i386", "386", "" },
    { "i486", "386", "" },        { "i586", "386", "" },
    { "i686", "386", "" },        { "loongarch64", "loong64", "" },
    { "mips64", "mips64", "" },   { "ppc64le", "ppc64le", "" },
    { "riscv64", "riscv64", "" }, { "s390x", "s390x", "" },
};

static const struct alias *find_alias(const char *name)
{
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcasecmp(aliases[i].name, name) == 0)
            return &aliases[i];
    return NULL;
}

static void copy_lower(char *to, size_t size, const char *from)
{
    for (; size > 1 && *from; size--, from++)
        *to++ = (char)(*from >= 'A' && *from <= 'Z' ? *from | 0x20 : *from);
    *to = '\0';
}

/* A name of an architecture; what an alias implies about the variant gives way to one that is set. */
static void set_architecture(struct platform *platform, const char *name)
{
    const struct alias *alias = find_alias(name);

    copy_lower(platform->architecture, sizeof platform->architecture, alias ? alias->architecture : name);
    if (alias && platform->variant[0] == '\0')
        copy_lower(platform->variant, sizeof platform->variant, alias->variant);
}

void platform_of_uname(const char *sysname, const char *machine, struct platform *platform)
{
    *platform = (struct platform){ 0 };
    copy_lower(platform->os, sizeof platform->os, sysname);
    set_architecture(platform, machine);
}

void platform_of_machine(struct platform *platform)
{
    struct utsname name;

    if (uname(&name) < 0)
        platform_of_uname("Linux", "unknown", platform);
    else
        platform_of_uname(name.sysname, name.machine, platform);
}

int platform_parse(const char *text, struct platform *platform, struct error *err)
{
    char parts[3][32] = { "" };
    size_t count = 0;

    for (const char *at = text;; at++) {
        size_t length = strcspn(at, "/");
        size_t limit = count == 2 ? sizeof platform->variant : sizeof parts[0];

        if (count == 3 || length == 0 || length >= limit ||
            strspn(at, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-") < length)
            return fail(err, 0, "the platform \"%s\" is not OS/ARCH or OS/ARCH/VARIANT, as linux/arm64 is",
                        text);
        memcpy(parts[count++], at, length);
        at += length;
        if (*at == '\0')
            break;
    }
    if (count == 1)
        return fail(err, 0, "the platform \"%s\" lacks its OS or its architecture; write linux/%s", text,
                    strcasecmp(text, "linux") == 0 ? "amd64" : text);
    *platform = (struct platform){ 0 };
    copy_lower(platform->os, sizeof platform->os, parts[0]);
    snprintf(platform->variant, sizeof platform->variant, "%.*s", (int)sizeof platform->variant - 1,
             parts[2]);
    set_architecture(platform, parts[1]);
    return 0;
}

/* The N of "vN" or "N", the base variant's where there is none; -1 for anything else. */
static int variant_number(const struct platform *platform)
{
    const char *text = platform->variant;

    if (*text == '\0')
        return strcmp(platform->architecture, "arm64") == 0 ? 8
               : strcmp(platform->architecture, "arm") == 0 ? 7
                                                            : 1;
    text += *text == 'v';
    if (text[0] < '1' || text[0] > '9' || text[1] != '\0')
        return -1;
    return text[0] - '0';
}

int platform_suits(const struct platform *offered, const struct platform *wanted)
{
    int has = variant_number(offered), needs = variant_number(wanted);

    if (strcmp(offered->os, wanted->os) != 0 || strcmp(offered->architecture, wanted->architecture) != 0)
        return 0;
    if (has < 0 || needs < 0) /* "v8.2", or a variant of power8's kind: no order that we know of */
        return strcmp(offered->variant, wanted->variant) == 0;
    return has <= needs ? has : 0;
}

int platform_agrees(const struct platform *offered, const struct platform *wanted)
{
    struct platform filled = *offered;

    if (filled.os[0] == '\0')
        memcpy(filled.os, wanted->os, sizeof filled.os);
    if (filled.architecture[0] == '\0')
        memcpy(filled.architecture, wanted->architecture, sizeof filled.architecture);
    if (filled.variant[0] == '\0' || wanted->variant[0] == '\0')
        return strcmp(filled.os, wanted->os) == 0 && strcmp(filled.architecture, wanted->architecture) == 0;
    return platform_suits(&filled, wanted) > 0;
}

char *platform_text(const struct platform *platform)
{
    return formatted("%s/%s%s%s", platform->os, platform->architecture, platform->variant[0] ? "/" : "",
                     platform->variant);
}
