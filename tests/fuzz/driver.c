/* The short run of a fuzz target that `make test` makes, with any compiler: the seeds, then changed ones, the
 * same every time. `make fuzz` lets clang's libFuzzer look for new ones instead.
 *
 *     fuzz_json SECONDS SEEDS FINDINGS       SEEDS is a directory; what breaks goes to the file FINDINGS
 *     fuzz_json FILE…                        each once, to see a finding again
 *
 * The inputs run in a child, which leaves the one at hand in memory that both share: when it dies, by a
 * crash, a sanitizer or its alarm, the parent still has it. */
#include "fuzz.h"

#include <dirent.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MOST_BYTES      16384
#define MOST_SEEDS      256
#define INPUT_TIMEOUT_S 20 /* with a sanitizer, on a busy machine */

#pragma weak LLVMFuzzerInitialize /* NULL where the target has none */

struct input {
    size_t size;
    uint8_t bytes[MOST_BYTES];
};

struct run {
    struct input seeds[MOST_SEEDS];
    size_t seed_count;
    struct input now; /* what the child is at */
    unsigned long inputs;
    uint64_t random; /* xorshift64*'s state: the same numbers in every run */
};

static size_t below(struct run *run, size_t limit)
{
    run->random ^= run->random >> 12;
    run->random ^= run->random << 25;
    run->random ^= run->random >> 27;
    return (size_t)(run->random * 0x2545f4914f6cdd1dULL >> 33) % limit;
}

/* Replace REMOVED bytes of INPUT at AT by COUNT of FROM's, as far as there is room. */
static void splice(struct input *input, size_t at, size_t removed, const uint8_t *from, size_t count)
{
    if (input->size - removed + count > MOST_BYTES)
        return;
    memmove(input->bytes + at + count, input->bytes + at + removed, input->size - at - removed);
    memcpy(input->bytes + at, from, count);
    input->size += count - removed;
}

/* Change the input at hand in one place: another byte, a piece of a seed for a piece of its own. */
static void change(struct run *run)
{
    static const uint8_t telling[] = "\0\n\r\t \"'\\$/.:{}[]<>#!*?-=,@\x7f\x80\xff\xc3";
    const struct input *seed = &run->seeds[below(run, run->seed_count)];
    struct input *now = &run->now;
    size_t at = below(run, now->size + 1), from = below(run, seed->size + 1);
    size_t removed = below(run, 2) ? below(run, now->size - at + 1) : 0;
    uint8_t byte = below(run, 2) ? (uint8_t)below(run, 256) : telling[below(run, sizeof telling)];

    if (removed > 64)
        removed = below(run, 64);
    switch (below(run, 4)) {
    case 0: splice(now, at, removed > 0, &byte, 1); break;
    case 1: splice(now, at, removed, seed->bytes, 0); break;
    default: splice(now, at, removed, seed->bytes + from, below(run, seed->size - from + 1)); break;
    }
}

static void try_input(struct run *run)
{
    _cleanup_free_ uint8_t *exact = must_calloc(run->now.size, 1); /* so that a byte too far is seen */

    memcpy(exact, run->now.bytes, run->now.size);
    alarm(INPUT_TIMEOUT_S);
    LLVMFuzzerTestOneInput(exact, run->now.size);
    run->inputs++;
}

/* In the child. */
static void try_inputs(struct run *run, int seconds)
{
    time_t end = time(NULL) + seconds;

    if (LLVMFuzzerInitialize)
        LLVMFuzzerInitialize(NULL, NULL);
    for (size_t i = 0; i < run->seed_count; i++) {
        run->now = run->seeds[i];
        try_input(run);
    }
    while (seconds > 0 && time(NULL) < end) {
        run->now = run->seeds[below(run, run->seed_count)];
        for (size_t changes = 1 + below(run, 6); changes > 0; changes--)
            change(run);
        try_input(run);
    }
}

/* Read a seed, cut where it is too long. Did it work? */
static bool read_seed(struct run *run, const char *path)
{
    struct input *seed = &run->seeds[run->seed_count];
    FILE *file;

    if (run->seed_count + 1 == MOST_SEEDS)
        return false;
    file = fopen(path, "re");
    if (!file)
        return false;
    seed->size = fread(seed->bytes, 1, MOST_BYTES, file);
    fclose(file);
    run->seed_count++;
    return true;
}

static void read_seeds(struct run *run, const char *directory)
{
    struct dirent **names;
    int count = scandir(directory, &names, NULL, alphasort); /* in the same order everywhere */

    must_hold(count > 0);
    for (int i = 0; i < count; i++) {
        _cleanup_free_ char *path = formatted("%s/%s", directory, names[i]->d_name);

        if (names[i]->d_name[0] != '.')
            must_hold(read_seed(run, path));
        free(names[i]);
    }
    free(names);
    must_hold(run->seed_count > 0);
}

/* Run the child. 0 when it survived; else what broke it is in the file FINDING. */
static int run_child(struct run *run, int seconds, const char *finding)
{
    pid_t pid = fork();
    int status;

    if (pid == 0) {
        try_inputs(run, seconds);
        exit(0); /* not _exit: leaks are looked for at the end */
    }
    must_hold(pid > 0 && waitpid(pid, &status, 0) == pid);
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
        return 0;
    if (WIFEXITED(status) && WEXITSTATUS(status) == FUZZ_SKIPPED)
        return FUZZ_SKIPPED;
    must_hold(fuzz_put_file(finding, run->now.bytes, run->now.size));
    fprintf(stderr, "input %lu %s; it is in %s\n", run->inputs + 1,
            WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM ? "takes too long" : "breaks it", finding);
    return 1;
}

int main(int argc, char **argv)
{
    struct run *run = mmap(NULL, sizeof *run, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    char *end = "";
    long seconds = argc == 4 ? strtol(argv[1], &end, 10) : -1;
    int result;

    must_hold(run != MAP_FAILED);
    run->random = 1;
    if (seconds >= 0 && *end == '\0') {
        read_seeds(run, argv[2]);
        result = run_child(run, (int)seconds, argv[3]);
        printf("%lu inputs\n", run->inputs);
        return result;
    }
    for (int i = 1; i < argc; i++)
        must_hold(read_seed(run, argv[i]));
    try_inputs(run, 0);
    return 0;
}
