#!/bin/sh
# Install the Debian packages that a purpose needs, those of them that are missing.
#
#     deps.sh PURPOSE…       build, demo, lab, test, lint, bench; each has its own list below
#
# Everything that gocker needs of a distribution is in this one list. Elsewhere than on Debian and Ubuntu it
# is printed, and the exit status is 1: names differ, and installing what one does not know is rude.
set -eu

# purpose  package               what for
packages() {
    cat <<'END'
build      gcc                   the compiler (clang does as well: make CC=clang)
build      libc6-dev             the C library's headers
build      libcurl4-openssl-dev  chapter 2: HTTP
build      libarchive-dev        chapter 3: reading tar, gzip and zstd
build      libssl-dev            chapter 2: SHA-256
build      libjsmn-dev           chapter 2: JSON tokens
demo       python3               the registry's images are made by a script
lab        python3               what starts the virtual machine is a script
lab        qemu-system-x86       the virtual machine, on x86-64
lab        xz-utils              unpacks its kernel
lab        e2fsprogs             makes its disk
test       qemu-system-x86       the virtual machine, on x86-64
test       e2fsprogs             makes its disk
test       python3               the registries' images are made by a script
test       check                 the test framework
test       openssl               certificates of the test registries
test       zstd                  an image with a zstd layer
test       bzip2                 archives for ADD
test       xz-utils              archives for ADD
test       mount                 what lessons run in shells of their own
test       skopeo                reads what gocker stored
test       umoci                 reads what gocker stored
test       curl                  chapter 2's lesson asks a registry by hand
test       strace                which system calls a chapter adds
test       binutils              nm: which chapter refers to which
lint       clang                 the other compiler
lint       clang-format          the format
lint       clang-tidy            static analysis
lint       cppcheck              static analysis
lint       shellcheck            the shell scripts
lint       check                 the tests are checked too
bench      skopeo                pulls, to compare with
bench      umoci                 unpacks, to compare with
bench      python3               the registry's images are made by a script
END
}

# The lines for the purposes in $1, separated by spaces.
wanted() {
    packages | awk -v purposes=" $1 " -v here="$(uname -m)" '
        $2 == "qemu-system-x86" && here != "x86_64" { next }
        index(purposes, " " $1 " ") && !seen[$2]++'
}

missing() {
    wanted "$1" | while read -r _ package why; do
        state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) || state=
        [ "$state" = installed ] || echo "$package $why"
    done
}

# Does apt know where to download these from, whether they are installed or not? A fresh container image
# has no package lists.
available() {
    apt-get -o Dir::State::status=/dev/null -o Debug::NoLocking=1 --print-uris download "$@" >/dev/null 2>&1
}

as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null; then
        echo "+ sudo $*"
        sudo "$@"
    else
        echo "Not root, and there is no sudo. As root, run: $*" >&2
        exit 1
    fi
}

purposes=$*
if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
    echo "This is neither Debian nor Ubuntu. Install what these Debian packages hold, and run make again:"
    wanted "$purposes" | while read -r _ package why; do printf '  %-22s %s\n' "$package" "$why"; done
    echo "The demo and the tests also take busybox-static, nodejs and docker-registry out of Debian's archive;"
    echo "they need a Debian or Ubuntu, a container or a virtual machine of it will do."
    exit 1
fi >&2

list=$(missing "$purposes")
names=$(echo "$list" | cut -d ' ' -f 1 | xargs)
case " $purposes " in
*" demo "* | *" test "* | *" bench "*) archive="busybox-static docker-registry nodejs" ;; # downloaded, never installed
*" lab "*) archive=busybox-static ;;
*) archive= ;;
esac
# shellcheck disable=SC2086 # lists of words
if [ -n "$names$archive" ] && ! available $names $archive; then
    echo "apt's package lists are missing or old: updating them"
    as_root apt-get -q update
fi
if [ -n "$names" ]; then
    echo "Installing what is missing:"
    echo "$list" | while read -r package why; do printf '  %-22s %s\n' "$package" "$why"; done
    # shellcheck disable=SC2086
    as_root env DEBIAN_FRONTEND=noninteractive apt-get -q install -y --no-install-recommends $names
fi
