/* What a build takes from its base image beside what a container takes from it. */
#include "base.h"
#include "fs.h"
#include "json.h"

void default_shell(struct strv *shell)
{
    strv_add(shell, "/bin/sh");
    strv_add(shell, "-c");
}

int base_shell(const struct store *store, const struct image *image, struct strv *shell, struct error *err)
{
    _cleanup_close_ int fd = store_open_blob(store, image->config_digest, err);
    _cleanup_str_ struct str text = { 0 };
    _cleanup_json_ struct json *root = NULL;
    const struct json *config, *triggers;

    if (fd < 0 || read_fd(fd, JSON_MAX_BYTES, &text, err) < 0)
        return -1;
    root = json_parse(str_text(&text), text.length, err);
    if (!root)
        return fail_while(err, "the config of %s", image->name);
    config = json_get(root, "config");
    triggers = json_get(config, "OnBuild");
    if (triggers && triggers->count > 0)
        return fail(err, 0, "%s has ONBUILD triggers, which are not in this chapter: 10-build brings them",
                    image->name);
    if (!json_strings(json_get(config, "Shell"), shell))
        return fail(err, 0, "the config of %s: Shell is no list of strings", image->name);
    if (shell->count == 0)
        default_shell(shell);
    return 0;
}
