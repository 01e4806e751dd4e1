#!/usr/bin/env -S python3 -B
"""Run a command while registries serve the images of the tests on 127.0.0.1.

    services.py COMMAND [ARGUMENT…]               three registries, all the images
    services.py --images NAME:TAG,… COMMAND …     one registry without authentication, these images

The registries are Debian's docker-registry; they differ in whom they let in:

    GOCKER_TEST_REGISTRY        everybody
    GOCKER_TEST_TOKEN_REGISTRY  those with a token (tokens.py), which everybody may have for reading;
                                for what is below private/, the user "learner" with the password "secret"
    GOCKER_TEST_TLS_REGISTRY    the same user, over TLS; GOCKER_TEST_CA is the certificate authority
    GOCKER_TEST_PORTS           all that listens, for a virtual machine that forwards it (vm/run)

The command finds these variables in its environment. When it ends, or this program is interrupted, all that
was started is stopped and all that was written is removed, but for build/registry: making the images takes
10 seconds, so they are kept there until the scripts that make them change.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

import images
import tokens

SUPPORT = pathlib.Path(__file__).resolve().parent
BUILD = SUPPORT.parents[1] / "build"
# "secret", by bcrypt: the one form of password file that docker-registry takes.
PASSWORDS = "learner:$2b$05$gockergockergockergoc.MXgTUsic21RxUF4Ri1jR8b7a8p95omu\n"


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], check=True, stderr=subprocess.DEVNULL)


def make_certificates(place):
    """A certificate authority, a server's certificate of its, and a key that signs tokens."""
    new = ["req", "-x509", "-nodes", "-days", "3"]
    elliptic = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]
    openssl(*new, *elliptic, "-keyout", f"{place}/ca.key", "-out", f"{place}/ca.pem",
            "-subj", "/CN=gocker's tests")
    openssl(*new, *elliptic, "-keyout", f"{place}/server.key", "-out", f"{place}/server.pem",
            "-CA", f"{place}/ca.pem", "-CAkey", f"{place}/ca.key", "-subj", "/CN=127.0.0.1",
            "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost",
            "-addext", "basicConstraints=critical,CA:FALSE")
    openssl(*new, "-newkey", "rsa:2048", "-keyout", f"{place}/token.key", "-out", f"{place}/token.pem",
            "-subj", "/CN=gocker's token server")


@contextlib.contextmanager
def registry(place, name, storage, http=None, auth=None):
    """Start docker-registry on a port that the kernel chooses; yields "127.0.0.1:PORT"."""
    config, log = place / f"{name}.json", place / f"{name}.log"
    config.write_text(json.dumps({  # JSON is YAML
        "version": "0.1",
        "log": {"accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(storage)}, "delete": {"enabled": True}},
        "http": {"addr": "127.0.0.1:0", "secret": "of no worth", **(http or {})},
        **({"auth": auth} if auth else {}),
    }))
    # Should this program be killed, the registry still ends.
    program = images.PACKAGES.program("docker-registry", "usr/bin/docker-registry")
    command = ["setpriv", "--pdeathsig", "TERM", program, "serve", config]
    with open(log, "wb") as output:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output)
    try:
        yield listening(process, log)
    finally:
        process.terminate()
        process.wait()


def listening(process, log):
    """The address in the line that docker-registry logs when it is ready."""
    for _ in range(600):
        found = re.search(r'msg="listening on ([0-9.:]+)', log.read_text())
        if found:
            return found.group(1)
        if process.poll() is not None:
            break
        time.sleep(0.05)
    raise SystemExit(f"docker-registry does not start:\n{log.read_text()}")


def fill(place, storage, names):
    with registry(place, "fill", storage) as address:
        images.push_all(address, names)


def image_cache(place):
    """A registry's storage with all the images, made anew when the scripts that make them have changed."""
    kept, scripts = BUILD / "registry", ["images.py", "oci.py", "packages.py"]
    wanted = hashlib.sha256(b"".join((SUPPORT / name).read_bytes() for name in scripts)).hexdigest()
    with open(BUILD / "registry.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        stamp = kept / "made-by"
        if not stamp.exists() or stamp.read_text() != wanted:
            print("making the images of the tests (once)", file=sys.stderr, flush=True)
            fill(place, place / "new", [])
            (place / "new" / "made-by").write_text(wanted)
            shutil.rmtree(kept, ignore_errors=True)
            (place / "new").rename(kept)
        return copy_storage(kept, place / "storage")


def copy_storage(kept, copy):
    """Tests may push. Blobs are never written again, so those of the copy are links; the rest is copied."""
    tree = pathlib.Path("docker/registry/v2")
    shutil.copytree(kept / tree / "blobs", copy / tree / "blobs", copy_function=os.link)
    shutil.copytree(kept / tree / "repositories", copy / tree / "repositories")
    return copy


@contextlib.contextmanager
def all_registries(place):
    make_certificates(place)
    (place / "passwords").write_text(PASSWORDS)
    storage = image_cache(place)
    by_password = {"htpasswd": {"realm": "gocker's tests", "path": str(place / "passwords")}}
    tls = {"tls": {"certificate": str(place / "server.pem"), "key": str(place / "server.key")}}
    with tokens.server(place / "token.key", place / "token.pem") as realm, \
         registry(place, "plain", storage) as plain, \
         registry(place, "token", storage, auth=tokens.auth(realm, place / "token.pem")) as token, \
         registry(place, "tls", storage, http=tls, auth=by_password) as over_tls:
        yield {
            "GOCKER_TEST_REGISTRY": plain,
            "GOCKER_TEST_TOKEN_REGISTRY": token,
            "GOCKER_TEST_TLS_REGISTRY": over_tls,
            "GOCKER_TEST_CA": str(place / "ca.pem"),
            "GOCKER_TEST_PORTS": ports(plain, token, over_tls, urllib.parse.urlsplit(realm).netloc),
        }


def ports(*addresses):
    """Where something listens, for whoever forwards these ports: the lab does (vm/run)."""
    return " ".join(address.rpartition(":")[2] for address in addresses)


@contextlib.contextmanager
def one_registry(place, names):
    fill(place, place / "storage", names)
    with registry(place, "plain", place / "storage") as plain:
        yield {"GOCKER_TEST_REGISTRY": plain, "GOCKER_TEST_PORTS": ports(plain)}


def run(command, environment):
    # A proxy of the user's is not asked for what is on this machine.
    local = {"no_proxy": "127.0.0.1,localhost", "NO_PROXY": "127.0.0.1,localhost"}
    process = subprocess.Popen(command, env={**os.environ, **local, **environment})
    try:
        status = process.wait()
    except BaseException:
        process.terminate()
        process.wait()
        raise
    return status if status >= 0 else 128 - status


def remove_leftovers():
    """Directories of runs that were killed: their names hold the process's number."""
    for left in BUILD.glob("services-*-*"):
        if not pathlib.Path("/proc", left.name.split("-")[1]).exists():
            shutil.rmtree(left, ignore_errors=True)


def main(arguments):
    names = None
    if arguments[:1] in (["--help"], ["-h"]):
        print(__doc__.strip())
        return 0
    if arguments[:1] == ["--images"] and len(arguments) > 1:
        names, arguments = arguments[1].split(","), arguments[2:]
    if not arguments:
        sys.exit(__doc__)
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    BUILD.mkdir(exist_ok=True)
    remove_leftovers()
    with tempfile.TemporaryDirectory(prefix=f"services-{os.getpid()}-", dir=BUILD) as directory:
        place = pathlib.Path(directory)
        with one_registry(place, names) if names else all_registries(place) as environment:
            return run(arguments, environment)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
