#!/usr/bin/env -S python3 -B
"""A registry that misbehaves, for what the real one cannot be made to do.

    faultserver.py DIRECTORY SCENARIO

It serves one image, app:1, of three layers on 127.0.0.1, with the fault that SCENARIO names (a method
of faults.py), and a second server beside it, which stands for a storage service on another host.

DIRECTORY/port          where, once it serves; "ready" is printed too
DIRECTORY/other-port    where the second one is
DIRECTORY/log           a line a request: "GET PATH", then " range=…" and " authorization=…" where they came
DIRECTORY/other-log     the same of the second one
DIRECTORY/manifest      where it is there, served in place of the image's manifest
DIRECTORY/content-type  where it is there, the manifest's Content-Type

It ends when whoever started it does.
"""

import gzip
import hashlib
import http.server
import io
import json
import os
import pathlib
import random
import sys
import tarfile
import threading
import time

from faults import MANIFEST, Faults

LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


def machine():
    names = {"x86_64": "amd64", "aarch64": "arm64"}
    return names.get(os.uname().machine, os.uname().machine)


def make_layer(number):
    """The same on every run: half a MiB that does not compress."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        content = random.Random(number).randbytes(512 * 1024)
        member = tarfile.TarInfo(f"layer-{number}")
        member.size = len(content)
        tar.addfile(member, io.BytesIO(content))
    return packed.getvalue(), gzip.compress(packed.getvalue(), 1, mtime=0)


class Image:
    """What is served when nothing is wrong."""

    def __init__(self, architecture):
        layers = [make_layer(number) for number in range(3)]
        config = json.dumps({
            "architecture": architecture, "os": "linux", "config": {"Cmd": ["true"]},
            "rootfs": {"type": "layers", "diff_ids": [digest(plain) for plain, _ in layers]}}).encode()
        self.layers = [packed for _, packed in layers]
        self.blobs = {digest(blob): blob for blob in self.layers + [config]}
        self.config = digest(config)
        self.manifest = json.dumps({
            "schemaVersion": 2, "mediaType": MANIFEST,
            "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": self.config,
                       "size": len(config)},
            "layers": [{"mediaType": LAYER, "digest": digest(layer), "size": len(layer)}
                       for layer in self.layers]}).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    """One request. Its answer is up to the scenario, which calls send() and its kin."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.note(self)
        self.server.answer(self)

    do_HEAD = do_POST = do_GET

    def send(self, status, body=b"", headers=None, length=None):
        """BODY with HEADERS; LENGTH is what Content-Length says, where that is not the truth."""
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body) if length is None else length))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_blob(self, blob):
        """As a registry that knows Range does."""
        start = self.range_start()
        if start is None:
            self.send(200, blob)
        else:
            self.send(206, blob[start:], {"Content-Range": f"bytes {start}-{len(blob) - 1}/{len(blob)}"})

    def send_and_drop(self, blob, count):
        """COUNT bytes of what is asked for, then nothing more on this connection."""
        start = self.range_start() or 0
        headers = {"Content-Range": f"bytes {start}-{len(blob) - 1}/{len(blob)}"} if start else {}
        self.send(206 if start else 200, blob[start:start + count], headers, len(blob) - start)
        self.close_connection = True

    def range_start(self):
        asked = self.headers.get("Range")
        return int(asked.removeprefix("bytes=").removesuffix("-")) if asked else None

    def log_message(self, format, *args):  # pylint: disable=redefined-builtin
        pass


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, log, answer):
        super().__init__(("127.0.0.1", 0), Handler)
        self.log, self.answer, self.lock = log, answer, threading.Lock()
        log.touch()

    def note(self, request):
        line = f"{request.command} {request.path}"
        for name in ("Range", "Authorization"):
            if request.headers.get(name):
                line += f" {name.lower()}={request.headers[name]}"
        with self.lock, self.log.open("a", encoding="utf-8") as log:
            log.write(line + "\n")


class Registry(Faults):
    """Who answers what: the scenario first."""

    def __init__(self, place, scenario):
        self.place, self.scenario = place, scenario
        self.image = Image("s390x" if scenario == "wrong_platform" else machine())
        self.lock = threading.Lock()
        self.main = Server(place / "log", self.answer)
        self.other = Server(place / "other-log", self.answer_as_other)
        self.fault = getattr(self, scenario)

    def answer(self, request):
        with self.lock:
            self.requests += 1
        if self.scenario.startswith("any_") and self.fault(request):
            return
        if request.path.startswith("/v2/app/manifests/"):
            if not (self.scenario.startswith("manifest_") and self.fault(request)):
                self.good_manifest(request)
        elif request.path.startswith("/v2/app/blobs/"):
            self.answer_blob(request)
        else:
            request.send(404)

    def answer_blob(self, request):
        blob = self.image.blobs.get(request.path.rsplit("/", 1)[1])
        if blob is None:
            request.send(404)
            return
        if blob in self.image.layers:
            with self.lock:
                self.layer_requests += 1
            if not self.scenario.startswith(("any_", "manifest_")) and self.fault(request, blob):
                return
        request.send_blob(blob)

    def answer_as_other(self, request):
        """A storage service: it takes signed addresses, and refuses a second signature beside that."""
        blob = self.image.blobs.get(request.path.split("?")[0].rsplit("/", 1)[1])
        if request.headers.get("Authorization"):
            request.send(400, b"only one authentication mechanism is allowed")
        elif self.scenario == "redirect_to_challenge":
            request.send(401, headers={"WWW-Authenticate": f'Bearer realm="{self.other_address("/steal")}"'})
        elif blob is None:
            request.send(404)
        else:
            request.send_blob(blob)

    def good_manifest(self, request):
        body, kind = self.image.manifest, MANIFEST
        if (self.place / "manifest").exists():
            body = (self.place / "manifest").read_bytes()
        if (self.place / "content-type").exists():
            kind = (self.place / "content-type").read_text(encoding="utf-8")
        request.send(200, body, {"Content-Type": kind, "Docker-Content-Digest": digest(body)})


def main(arguments):
    if len(arguments) != 2 or not hasattr(Faults, arguments[1]):
        sys.exit(__doc__)
    place, started_by = pathlib.Path(arguments[0]), os.getppid()
    registry = Registry(place, arguments[1])
    for server, name in ((registry.main, "port"), (registry.other, "other-port")):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (place / name).write_text(str(server.server_port), encoding="utf-8")
    print("ready", flush=True)
    while os.getppid() == started_by:
        time.sleep(0.2)


if __name__ == "__main__":
    main(sys.argv[1:])
