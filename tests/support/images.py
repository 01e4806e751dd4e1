#!/usr/bin/env -S python3 -B
"""The images of the tests and of the demo, made of Debian's packages without root.

    images.py list                         what there is
    images.py push HOST:PORT [NAME:TAG…]   put them (all, or these) into the registry there

Packages are kept in build/packages.
"""

import functools
import os
import pathlib
import stat
import subprocess
import sys
import tempfile

from oci import (DOCKER, Layer, directory, fifo, file, hardlink, image, index, opaque, push, symlink, tar,
                 whiteout)
from packages import Packages, platform

PACKAGES = Packages(pathlib.Path(__file__).resolve().parents[2] / "build" / "packages")
PATH = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

# What a program needs at run time of all that a package depends on: shared libraries, and parts of
# node that Debian has in packages of their own.
LIBRARIES = r"lib|node|zlib1g"
NOT_NEEDED = r"^usr/(include|lib/node_modules|share/(bash-completion|doc|lintian|man|systemtap))/"

ACCOUNTS = [
    directory("etc"),
    file("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n"
                       "learner:x:1000:1000:learner:/home/learner:/bin/sh\n"
                       "nobody:x:65534:65534:nobody:/:/bin/false\n"),
    file("etc/group", "root:x:0:\nlearner:x:1000:\nshared:x:2000:learner\nnogroup:x:65534:\n"),
    directory("home"),
    directory("home/learner", owner=(1000, 1000)),
    directory("root", 0o700),
    directory("tmp", 0o1777),
    directory("var"),
    directory("var/tmp", 0o1777),
]


# ---- busybox


@functools.cache
def busybox_binary():
    found = [content for info, content in PACKAGES.files(["busybox-static"], NOT_NEEDED)
             if info.name == "usr/bin/busybox"]
    return found[0]


@functools.cache
def applets():
    """The names that the binary answers to, asked of itself."""
    with tempfile.TemporaryDirectory() as place:
        path = os.path.join(place, "busybox")
        pathlib.Path(path).write_bytes(busybox_binary())
        os.chmod(path, stat.S_IRWXU)
        listed = subprocess.run([path, "--list"], stdout=subprocess.PIPE, check=True).stdout.decode().split()
    return [name for name in listed if name != "busybox"]


def busybox_in(path):
    return [file(path + "/busybox", busybox_binary(), 0o755)] + \
           [hardlink(f"{path}/{name}", path + "/busybox", 0o755) for name in applets()]


@functools.cache
def busybox_archive():
    return tar(ACCOUNTS + [directory("bin"), directory("usr"), directory("usr/bin"),
                           symlink("usr/bin/env", "../../bin/env")] + busybox_in("bin"))


def busybox(form="gzip", types=None):
    return image([Layer(busybox_archive(), form)], {"Env": [PATH], "Cmd": ["sh"]}, platform(), types)


# ---- node


def node():
    """As node:alpine is to its user: node, a shell, an entrypoint of its own that ENTRYPOINT replaces."""
    links = [symlink(name, "usr/" + name) for name in ("bin", "lib", "lib64", "sbin")]
    places = [directory(path) for path in ("usr", "usr/bin", "usr/lib", "usr/lib64", "usr/sbin", "usr/local",
                                           "usr/local/bin")]
    entrypoint = file("usr/local/bin/docker-entrypoint.sh", '#!/bin/sh\nexec "$@"\n', 0o755)
    libraries = PACKAGES.files(PACKAGES.closure("nodejs", LIBRARIES), NOT_NEEDED)
    base = tar(ACCOUNTS + links + places + busybox_in("usr/bin"))
    config = {"Env": [PATH], "Entrypoint": ["docker-entrypoint.sh"], "Cmd": ["node"]}
    return image([Layer(base), Layer(tar(libraries)), Layer(tar([entrypoint]))], config, platform())


# ---- several platforms


def for_platform(wanted, types=None):
    """Nothing but a file that says which image was chosen; busybox too where the machine can run it."""
    name = "/".join(wanted.values())
    layers = [Layer(busybox_archive())] if wanted == platform() else []
    layers.append(Layer(tar([directory("etc"), file("etc/platform", name + "\n")])))
    return image(layers, {"Env": [PATH], "Cmd": ["cat", "/etc/platform"]}, wanted, types)


def attestation():
    """What builders add to an index beside the images: signed statements, for no platform at all."""
    return image([Layer(tar([file("statement.json", "{}\n")]))], {},
                 {"os": "unknown", "architecture": "unknown"})


FOREIGN = [
    {"os": "windows", "architecture": platform()["architecture"]},
    {"os": "linux", "architecture": "mips64le"},
]
COMMON = [
    {"os": "linux", "architecture": "arm", "variant": "v6"},
    {"os": "linux", "architecture": "arm", "variant": "v7"},
    {"os": "linux", "architecture": "arm64", "variant": "v8"},
    {"os": "linux", "architecture": "amd64"},
]


def multi(types=None):
    platforms = FOREIGN + [p for p in COMMON if p != platform()] + [platform()]
    statements = [] if types else [attestation()]  # a builder that writes Docker's types has none
    return index(statements + [for_platform(p, types) for p in platforms], types)


def foreign():
    return index([attestation()] + [for_platform(p) for p in FOREIGN])


# ---- layers


CAPABILITY = "\x01\0\0\x02\0\x04\0\0\0\0\0\0\0\0\0\0\0\0\0\0"  # cap_net_bind_service=ep, version 2


def layers():
    """What layers do to each other, a directory a case."""
    long_name = "long-" + "x" * 200
    first = [directory(path) for path in ("data", "opaque", "opaque/deep", "becomes-file", "target", "hard",
                                          "modes", "names")]
    first += [
        file("data/kept", "1\n"), file("data/removed", "1\n"), file("data/changed", "1\n"),
        file("opaque/hidden", "1\n"), file("opaque/deep/hidden", "1\n"),
        file("becomes-file/hidden", "1\n"), file("becomes-directory", "1\n"),
        symlink("linked", "target"),
        file("hard/original", "one inode\n"), hardlink("hard/same-layer", "hard/original"),
        file("modes/setuid", "1\n", 0o4755, owner=(1234, 4321)), directory("modes/sticky", 0o1777),
        file("modes/capability", "1\n", 0o755, xattrs={"security.capability": CAPABILITY}), fifo("modes/fifo"),
        file(f"names/{long_name}", "1\n"), file("names/\u00e9", "1\n"), file("names/\udce9", "1\n"),
    ]
    second = [directory("data"), whiteout("data/removed"), directory("opaque"), opaque("opaque"),
              file("opaque/new", "2\n")]
    third = [file("becomes-file", "3\n"), directory("becomes-directory"), file("becomes-directory/new", "3\n"),
             file("linked/through", "3\n")]
    fourth = [hardlink("hard/other-layer", "hard/original"), file("data/changed", "4\n")]
    fifth = [directory("data", 0o700), file("data/removed-again", "5\n")]
    sixth = [whiteout("data/removed-again")]
    all_layers = [ACCOUNTS + busybox_in("bin") + first, second, third, fourth, fifth, sixth]
    return image([Layer(tar(entries)) for entries in all_layers], {"Env": [PATH], "Cmd": ["sh"]}, platform())


def many():
    """Layer N writes n/N and changes last; every second one removes what the one before wrote."""
    found = [Layer(busybox_archive())]
    for number in range(1, 64):
        entries = [directory("n"), file(f"n/{number}", f"{number}\n"), file("last", f"{number}\n")]
        if number % 2 == 0:
            entries.append(whiteout(f"n/{number - 1}"))
        found.append(Layer(tar(entries)))
    return image(found, {"Env": [PATH], "Cmd": ["sh"]}, platform())


def five():
    """Layers of some size that compress badly: pulling them takes a while, and several go at a time."""
    def noise(seed):  # the same on every run: multiples of a large odd number, their upper bits
        return b"".join((seed * i * 0x9E3779B97F4A7C15 >> 16 & 0xFFFFFFFF).to_bytes(4, "little")
                        for i in range(1, 1 << 19))
    found = [Layer(busybox_archive())]
    found += [Layer(tar([file(f"noise/{seed}", noise(seed))])) for seed in (3, 5, 7, 11)]
    return image(found, {"Env": [PATH], "Cmd": ["sh"]}, platform())


def configured():
    """A config in which everything is set that says how to run it."""
    config = {
        "User": "learner",
        "WorkingDir": "/srv/app",
        "Env": [PATH, "GREETING=hello from the image", "EMPTY="],
        "Entrypoint": ["/bin/echo", "entrypoint"],
        "Cmd": ["and", "cmd"],
        "Labels": {"org.example.purpose": "tests"},
        "ExposedPorts": {"8080/tcp": {}},
        "Volumes": {"/data": {}},
        "StopSignal": "SIGINT",
    }
    return image([Layer(busybox_archive())], config, platform())


IMAGES = {
    "busybox:latest": (busybox, "busybox-static, a link per applet; Cmd sh"),
    "busybox:docker": (lambda: busybox(types=DOCKER), "the same in Docker's media types (schema 2)"),
    "busybox:plain": (lambda: busybox("tar"), "the same, the layer not compressed"),
    "busybox:members": (lambda: busybox("members"), "the same, the layer of two gzip members"),
    "busybox:zstd": (lambda: busybox("zstd"), "the same, the layer in zstd"),
    "node:alpine": (node, "Debian's nodejs with its libraries and busybox; Entrypoint docker-entrypoint.sh"),
    "multi:latest": (multi, "an OCI index: attestation, windows, mips64le, arm, arm64, amd64; this machine's "
                            "last; /etc/platform names it"),
    "multi:docker": (lambda: multi(DOCKER), "a Docker manifest list of the same, without the attestation"),
    "multi:foreign": (foreign, "an index with nothing for this machine"),
    "layers:latest": (layers, "six layers: whiteouts, opaque directories, links across layers, odd names"),
    "many:latest": (many, "64 layers"),
    "five:latest": (five, "five layers, four of them 2 MiB of noise"),
    "configured:latest": (configured, "User, WorkingDir, Env, Entrypoint, Cmd and the rest are set"),
}
# Docker Hub has its own images under library/: GOCKER_MIRROR asks for them there. The token server gives
# private/ to nobody but "learner".
ALSO = {
    "library/busybox:latest": "busybox:latest",
    "library/node:alpine": "node:alpine",
    "private/busybox:latest": "busybox:latest",
}


@functools.cache
def build(name):
    if name not in IMAGES:
        sys.exit(f"{name}: no such image; `images.py list` says what there is")
    return IMAGES[name][0]()


def push_all(address, names):
    """Put the images called NAMES ("node:alpine"), or all when it is empty, into the registry at ADDRESS."""
    for name in names or list(IMAGES) + list(ALSO):
        repository, tag = name.split(":")
        push(address, repository, tag, build(ALSO.get(name, name)))


def main(arguments):
    if arguments == ["list"]:
        for name, (_, description) in IMAGES.items():
            print(f"{name:20} {description}")
        for name, other in ALSO.items():
            print(f"{name:24} {other} again")
    elif len(arguments) >= 2 and arguments[0] == "push":
        push_all(arguments[1], arguments[2:])
    else:
        sys.exit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
