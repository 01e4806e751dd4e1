/* Where a container's cgroup may be made: on paper, and in the lab as a user to whom a part of the tree is delegated. */
#include "cgroup.h"
#include "cgroup_file.h"
#include "cgroup_place.h"
#include "clone.h"
#include "str.h"
#include "testing.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define SOMEBODY 65534

/* ---- on paper */

#define PROC_LINE "22 28 0:21 / /proc rw,nosuid shared:13 - proc proc rw\n"

static void assert_place(const char *mountinfo, const char *own_cgroups, const char *mount, const char *own)
{
    _cleanup_(cgroup_place_free) struct cgroup_place place = { .fd = -1 };
    struct error err = { 0 };

    ck_assert_msg(cgroup_place_parse(mountinfo, own_cgroups, &place, &err) == 0, "%s", err.text);
    ck_assert_str_eq(place.mount, mount);
    ck_assert_str_eq(place.own, own);
}

START_TEST(a_pure_machine_has_it_at_the_usual_place)
{
    assert_place(PROC_LINE "30 29 0:26 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw,nsdelegate\n",
                 "0::/user.slice/user-1000.slice/session-1.scope\n", "/sys/fs/cgroup",
                 "/user.slice/user-1000.slice/session-1.scope");
}
END_TEST

START_TEST(a_hybrid_machine_has_it_beside_version_1)
{
    assert_place("32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu\n"
                 "41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw\n",
                 "4:memory:/a\n1:name=systemd:/b\n0::/c\n", "/sys/fs/cgroup/unified", "/c");
}
END_TEST

START_TEST(a_mount_may_show_a_part_of_the_tree)
{
    const char *part = "30 29 0:26 /docker/abc /sys/fs/cgroup rw - cgroup2 cgroup rw\n";

    assert_place(part, "0::/docker/abc/shell\n", "/sys/fs/cgroup", "/shell");
    assert_place(part, "0::/docker/abc\n", "/sys/fs/cgroup", "");
    assert_place(part, "0::/docker/abcd\n", "/sys/fs/cgroup", "");
    assert_place(part, "0::/elsewhere\n", "/sys/fs/cgroup", "");
}
END_TEST

START_TEST(the_top_and_what_is_outside_of_it_are_the_top)
{
    const char *whole = "30 29 0:26 / /sys/fs/cgroup rw - cgroup2 cgroup2 rw\n";

    assert_place(whole, "0::/\n", "/sys/fs/cgroup", "");
    assert_place(whole, "0::/../other\n", "/sys/fs/cgroup", "");
}
END_TEST

START_TEST(a_mount_point_may_have_spaces)
{
    assert_place("30 29 0:26 / /my\\040cgroups rw - cgroup2 cgroup2 rw\n", "0::/x\n", "/my cgroups", "/x");
}
END_TEST

START_TEST(where_it_is_not_mounted_that_is_said)
{
    _cleanup_(cgroup_place_free) struct cgroup_place place = { .fd = -1 };
    struct error err = { 0 };

    ck_assert_int_lt(cgroup_place_parse(PROC_LINE "32 31 0:29 / /c rw - cgroup cgroup2 rw,cpu\n", "1:cpu:/\n",
                                        &place, &err),
                     0);
    ck_assert_contains(err.text, "cgroup v2 is not mounted");
}
END_TEST

START_TEST(version_1_is_known_by_its_lines)
{
    const char *lines = "4:cpu,cpuacct:/\n3:memory:/a:b\n1:name=systemd:/\n0::/pids\n";

    ck_assert(cgroup_place_v1_has(lines, "cpu"));
    ck_assert(cgroup_place_v1_has(lines, "cpuacct"));
    ck_assert(cgroup_place_v1_has(lines, "memory"));
    ck_assert(!cgroup_place_v1_has(lines, "pids"));
    ck_assert(!cgroup_place_v1_has(lines, "b"));
    ck_assert(!cgroup_place_v1_has("", "cpu"));
}
END_TEST

/* ---- delegated, in the lab */

/* A cgroup that belongs to somebody who is not root, as systemd delegates one, in a cgroup that does not. */
struct delegation {
    char *above, *path;
};

static void write_file(const char *directory, const char *name, const char *text)
{
    _cleanup_free_ char *path = formatted("%s/%s", directory, name);
    _cleanup_close_ int fd = open(path, O_WRONLY | O_CLOEXEC);

    ck_assert_msg(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text), "write \"%s\" to %s: %m",
                  text, path);
}

static struct delegation delegate(const char *controllers)
{
    static const char *const files[] = { ".", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads" };
    struct delegation d = { .above = formatted("/sys/fs/cgroup/test-%d", (int)getpid()) };

    d.path = formatted("%s/delegated", d.above);
    write_file("/sys/fs/cgroup", "cgroup.subtree_control", "+memory +cpu +pids");
    ck_assert_msg(mkdir(d.above, 0755) == 0, "mkdir %s: %m", d.above);
    write_file(d.above, "cgroup.subtree_control", controllers);
    ck_assert_msg(mkdir(d.path, 0755) == 0, "mkdir %s: %m", d.path);
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        _cleanup_free_ char *path = formatted("%s/%s", d.path, files[i]);

        ck_assert_msg(chown(path, SOMEBODY, SOMEBODY) == 0, "chown %s: %m", path);
    }
    return d;
}

static void take_back(struct delegation *d)
{
    _cleanup_free_ char *host = formatted("%s/gocker-host", d->path);

    rmdir(host); /* where gocker has moved */
    ck_assert_msg(rmdir(d->path) == 0 && rmdir(d->above) == 0, "remove %s: %m", d->path);
    free(d->path);
    free(d->above);
}

/* Run BODY in a process that is in the cgroup PATH, as somebody who is not root. Returns what it printed. */
static const char *as_somebody(const char *path, void body(void))
{
    static char said[4096];
    int out[2], wait_status;
    ssize_t length;
    pid_t pid;

    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        write_file(path, "cgroup.procs", "0");
        if (setgid(SOMEBODY) < 0 || setuid(SOMEBODY) < 0 || dup2(out[1], 2) < 0 || dup2(out[1], 1) < 0)
            _exit(1);
        body();
        fflush(NULL);
        _exit(0);
    }
    close(out[1]);
    length = read(out[0], said, sizeof said - 1); /* short enough for one write */
    close(out[0]);
    said[length > 0 ? length : 0] = '\0';
    ck_assert_int_eq(waitpid(pid, &wait_status, 0), pid);
    ck_assert_msg(wait_status == 0, "it ended with %#x; it said: %s", wait_status, said);
    return said;
}

static int begin_there(struct container *c, struct error *err)
{
    const struct launch launch = { .container = c };
    int wait_status = -1;
    pid_t pid = clone_process(&launch, err);

    if (pid == 0) {
        _cleanup_free_ char *wanted = formatted("/gocker-%s\n", c->id);
        char line[512] = "";
        FILE *own = fopen("/proc/self/cgroup", "re");

        _exit(own && fgets(line, sizeof line, own) && ends_with(line, wanted) ? 0 : 1);
    }
    if (pid < 0 || isolate_cgroup.attach(c, pid, err) < 0)
        return -1;
    waitpid(pid, &wait_status, 0);
    return wait_status == 0 ? 0 : fail(err, 0, "the process is not in its cgroup");
}

/* Prints "PATH memory.max" of the cgroup that it got, or the error. */
static void get_limit(void)
{
    struct container c = { .id = "0123456789ab", .resources.memory.limit = 64 << 20 };
    struct error err = { 0 };
    struct str limit = { 0 };

    if (isolate_cgroup.prepare(&c, &err) < 0 || begin_there(&c, &err) < 0)
        printf("%s", err.text);
    else if (cgroup_read(c.cgroup_fd, "memory.max", &limit, &err) == 0)
        printf("%s %s", c.cgroup_path, limit.text);
    isolate_cgroup.release(&c);
    if (c.cgroup_path && access(c.cgroup_path, F_OK) == 0)
        printf("%s is still there", c.cgroup_path);
    str_free(&limit);
    container_free(&c);
}

START_TEST(somebody_has_limits_in_what_is_delegated_to_him)
{
    struct delegation d = delegate("+memory +cpu +pids");
    _cleanup_free_ char *wanted = formatted("%s/gocker-0123456789ab 67108864\n", d.path);
    _cleanup_free_ char *host = formatted("%s/gocker-host", d.path);

    ck_assert_str_eq(as_somebody(d.path, get_limit), wanted); /* alone there, it makes room, */
    ck_assert_str_eq(as_somebody(host, get_limit), wanted);   /* and whoever it starts finds room */
    take_back(&d);
}
END_TEST

START_TEST(a_cgroup_below_the_delegated_one_will_do_as_well)
{
    struct delegation d = delegate("+memory +cpu +pids");
    _cleanup_free_ char *below = formatted("%s/shell", d.path);
    _cleanup_free_ char *wanted = formatted("%s/gocker-0123456789ab 67108864\n", d.path);
    const char *said;

    ck_assert_int_eq(mkdir(below, 0755), 0);
    ck_assert_int_eq(chown(below, SOMEBODY, SOMEBODY), 0);
    said = as_somebody(below, get_limit);
    ck_assert_int_eq(rmdir(below), 0);
    ck_assert_str_eq(said, wanted);
    take_back(&d);
}
END_TEST

START_TEST(a_cgroup_with_other_processes_gives_no_controllers)
{
    struct delegation d = delegate("+memory +cpu +pids");
    pid_t other = fork();
    const char *said;

    if (other == 0) {
        write_file(d.path, "cgroup.procs", "0");
        pause();
        _exit(0);
    }
    for (int tries = 0; tries < 500; tries++) { /* until it is there */
        char *procs = get_file(d.path, "cgroup.procs");

        if (*procs)
            break;
        usleep(10000);
    }
    said = as_somebody(d.path, get_limit);
    kill(other, SIGKILL);
    waitpid(other, NULL, 0);
    ck_assert_contains(said, "--memory: the memory controller: 2 processes are in ");
    ck_assert_contains(said, "only a cgroup without any may give its controllers");
    take_back(&d);
}
END_TEST

START_TEST(a_controller_that_is_not_delegated_is_named)
{
    struct delegation d = delegate("+cpu +pids");
    const char *said = as_somebody(d.path, get_limit);

    ck_assert_contains(said, "--memory: the memory controller is not in ");
    ck_assert_contains(said, "/delegated/cgroup.controllers: the kernel lacks it, or the cgroup above");
    take_back(&d);
}
END_TEST

/* Prints the warning, if it goes on with a warning. */
static void get_defaults(void)
{
    struct container c = { .id = "0123456789ab" };
    struct error err = { 0 };

    if (isolate_cgroup.prepare(&c, &err) < 0 || begin_there(&c, &err) < 0)
        printf("failed: %s", err.text);
    isolate_cgroup.release(&c);
    container_free(&c);
}

START_TEST(of_the_defaults_only_what_is_missing_is_warned_about)
{
    struct delegation d = delegate("+cpu +pids");
    const char *said = as_somebody(d.path, get_defaults);

    ck_assert_msg(strstr(said, "gocker: warning: the container runs without the default limit on memory: ") ==
                      said,
                  "wanted a warning, got %s", said);
    ck_assert_ptr_eq(strchr(said, '\n'), said + strlen(said) - 1);
    take_back(&d);
}
END_TEST

START_TEST(somebody_without_a_delegation_is_told_how_to_get_one)
{
    struct delegation d = delegate("");
    const char *said;

    said = as_somebody(d.above, get_limit);
    ck_assert_contains(said, "is delegated to uid 65534 (try systemd-run --user --scope -p Delegate=yes");
    take_back(&d);
}
END_TEST

int main(int argc, char **argv)
{
    const struct test tests[] = {
        { a_pure_machine_has_it_at_the_usual_place, 0, 0 },
        { a_hybrid_machine_has_it_beside_version_1, 0, 0 },
        { a_mount_may_show_a_part_of_the_tree, 0, 0 },
        { the_top_and_what_is_outside_of_it_are_the_top, 0, 0 },
        { a_mount_point_may_have_spaces, 0, 0 },
        { where_it_is_not_mounted_that_is_said, 0, 0 },
        { version_1_is_known_by_its_lines, 0, 0 },
        { somebody_has_limits_in_what_is_delegated_to_him, NEED_USER | NEED_MACHINE, 0 },
        { a_cgroup_below_the_delegated_one_will_do_as_well, NEED_USER | NEED_MACHINE, 0 },
        { a_cgroup_with_other_processes_gives_no_controllers, NEED_USER | NEED_MACHINE, 0 },
        { a_controller_that_is_not_delegated_is_named, NEED_USER | NEED_MACHINE, 0 },
        { of_the_defaults_only_what_is_missing_is_warned_about, NEED_USER | NEED_MACHINE, 0 },
        { somebody_without_a_delegation_is_told_how_to_get_one, NEED_USER | NEED_MACHINE, 0 },
    };

    return RUN_TESTS("07-cgroups/place", tests, argc, argv);
}
