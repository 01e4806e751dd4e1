/* Directories to work in, and files in them. */
#include "scratch.h"

#include "process.h"
#include "keep.h"
#include "str.h"
#include "testing.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

/* START_TEST's functions take no argument, so what belongs to the running test is static. */
static char test_directory[PATH_MAX];
static struct kept {
    struct kept *next;
    void *pointer;
} * kept;

void *keep(void *pointer)
{
    struct kept *entry = must_calloc(1, sizeof *entry);

    *entry = (struct kept){ .next = kept, .pointer = pointer };
    kept = entry;
    return pointer;
}

/* What the user of this machine has set up must not matter to a test, nor be touched by it. */
static void set_environment(void)
{
    static const char *const others[] = { "DOCKER_CONFIG", "GOCKER_MIRROR", "XDG_DATA_HOME",
                                          "XDG_RUNTIME_DIR" };
    _cleanup_free_ char *root = formatted("%s/gocker", test_directory);

    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        unsetenv(others[i]);
    setenv("HOME", test_directory, 1);
    setenv("GOCKER_ROOT", root, 1);
}

void scratch_begin(void)
{
    const char *base = getenv("TMPDIR");

    snprintf(test_directory, sizeof test_directory, "%s/gocker-test-XXXXXX", base && *base ? base : "/tmp");
    /* Other users must be able to pass: some tests become one of them. */
    if (!mkdtemp(test_directory) || chmod(test_directory, 0755) < 0) {
        perror(test_directory);
        exit(EXIT_FAILURE);
    }
    set_environment();
}

/* rm(1), because it removes trees of any depth without leaving them, and is not the code under test. */
static bool remove_directory(void)
{
    char *const argv[] = { "rm", "-rf", "--one-file-system", "--", test_directory, NULL };
    int status = -1;
    pid_t pid = fork();

    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(EXIT_NOT_FOUND);
    }
    waitpid(pid, &status, 0);
    return status == 0;
}

void scratch_end(void)
{
    const char *mounted;

    /* A bind mount would have rm remove what is mounted. */
    while ((mounted = scratch_mount()) != NULL)
        if (umount2(mounted, MNT_DETACH | UMOUNT_NOFOLLOW) < 0) {
            perror(mounted);
            exit(EXIT_FAILURE);
        }
    if (!remove_directory()) {
        fprintf(stderr, "cannot remove %s\n", test_directory);
        exit(EXIT_FAILURE);
    }
}

const char *scratch_mount(void)
{
    static char found[PATH_MAX];
    char line[2 * PATH_MAX], point[PATH_MAX];
    size_t length = strlen(test_directory);
    FILE *mounts = fopen("/proc/self/mountinfo", "re");

    found[0] = '\0';
    /* The last line is the mount on top. Our names hold nothing that the kernel would write as \040. */
    while (mounts && fgets(line, sizeof line, mounts))
        if (sscanf(line, "%*s %*s %*s %*s %4095s", point) == 1 &&
            strncmp(point, test_directory, length) == 0 && point[length] == '/')
            snprintf(found, sizeof found, "%s", point);
    if (mounts)
        fclose(mounts);
    return found[0] ? found : NULL;
}

const char *scratch_name(void)
{
    return strrchr(test_directory, '/') + 1;
}

const char *scratch(void)
{
    char *path = keep(formatted("%s/XXXXXX", test_directory));

    if (!mkdtemp(path) || chmod(path, 0755) < 0)
        ck_abort_msg("make a directory in %s: %m", test_directory);
    return path;
}

void put_file(const char *directory, const char *name, const char *text)
{
    _cleanup_free_ char *path = formatted("%s/%s", directory, name);
    FILE *file;

    for (char *slash = strchr(path + strlen(directory) + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755); /* fopen tells what is wrong */
        *slash = '/';
    }
    file = fopen(path, "we");
    ck_assert_msg(file, "open %s for writing: %m", path);
    fputs(text, file);
    ck_assert_msg(fclose(file) == 0, "write %s: %m", path);
}

char *get_file(const char *directory, const char *name)
{
    _cleanup_free_ char *path = formatted("%s/%s", directory, name);
    struct str text = { 0 };
    FILE *file = fopen(path, "re");
    char buffer[65536];
    size_t length;

    ck_assert_msg(file, "open %s: %m", path);
    while ((length = fread(buffer, 1, sizeof buffer, file)) > 0)
        str_add_bytes(&text, buffer, length);
    ck_assert_msg(!ferror(file), "read %s: %m", path);
    fclose(file);
    return keep(str_take(&text));
}
