#!/bin/sh
# make demo: the main job of chapter 4, step by step, on a registry of this machine's.
# tests/support/services.py runs it with GOCKER_TEST_REGISTRY set, and stops the registry afterwards.
set -eu
cd "$(dirname "$0")/../.."

bold='' plain=''
if [ -t 1 ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

# step WHAT: a line that says what comes next.
number=0
step() {
    number=$((number + 1))
    printf '\n%s%d. %s%s\n' "$bold" "$number" "$1" "$plain"
}

# show COMMAND…: print it as one would type it, then run it.
show() {
    printf '$ %s\n' "$*"
    "$@"
}

sudo=
if [ "$(id -u)" -ne 0 ]; then
    sudo=sudo
fi
root=$PWD
GOCKER_ROOT=$root/build/demo
export GOCKER_ROOT
folder=$(mktemp -d "${TMPDIR:-/tmp}/gocker-demo-XXXXXX")
# The images are root's: chapter 4 runs as root. Nothing outside of these two directories is touched.
clean_up() {
    $sudo rm -rf --one-file-system "$GOCKER_ROOT" "$folder"
}
trap clean_up EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

step "A registry runs on $GOCKER_TEST_REGISTRY. It holds one image, busybox, made of Debian's busybox-static."

step "A program, and a Dockerfile that puts it into an image:"
cat >"$folder/hello.sh" <<'END'
#!/bin/sh
echo "Hello from process $$ in a root directory that holds: $(ls / | xargs)"
[ -e /etc/os-release ] || echo "The host's files are not among them."
exit 7
END
chmod 755 "$folder/hello.sh"
cat >"$folder/Dockerfile" <<END
FROM $GOCKER_TEST_REGISTRY/busybox
COPY hello.sh /app/hello.sh
ENTRYPOINT /app/hello.sh
END
cd "$folder"
show cat hello.sh
show cat Dockerfile

step "Chapter 1 says what the Dockerfile means:"
show "$root/build/bin/01-parse"

step "Chapter 4 pulls the base image, unpacks it, copies the file, enters the new root, runs the program:"
if [ -n "$sudo" ]; then
    echo "(chroot(2) needs root, so through sudo, which may ask for your password)"
fi
status=0
show $sudo env "GOCKER_ROOT=$GOCKER_ROOT" "$root/build/bin/04-chroot" --explain . || status=$?
echo "The exit status is $status. The program's is 7: gocker passes it through."

step "Chapter 7, with processes, mounts and a cgroup of its own. The image is in the store now, so nothing is downloaded:"
show $sudo env "GOCKER_ROOT=$GOCKER_ROOT" "$root/build/bin/07-cgroups" . || status=$?

step "The store is an OCI image layout, which other tools read as well:"
show find "$GOCKER_ROOT/images" -type f

step "That was all. Now the registry is stopped, and $folder and build/demo are removed."
[ "$status" -eq 7 ] || {
    echo "The demo failed: the exit status was $status, not 7." >&2
    exit 1
}
