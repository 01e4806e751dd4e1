#!/usr/bin/env -S python3 -B
"""A registry that misbehaves, for what the real one cannot be made to do.

    faultserver.py DIRECTORY SCENARIO

It serves one image, app:1, of three layers on 127.0.0.1, with the fault that SCENARIO names (the methods
of Faults below), and a second server beside it, which stands for a storage service on another host.

DIRECTORY/port          where, once it serves; "ready" is printed too
DIRECTORY/other-port    where the second one is
DIRECTORY/log           a line a request: "GET PATH", then " range=…" and " authorization=…" where they came
DIRECTORY/other-log     the same of the second one
DIRECTORY/manifest      where it is there, served in place of the image's manifest
DIRECTORY/content-type  where it is there, the manifest's Content-Type

It ends when whoever started it does.
"""

import email.utils
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

MANIFEST = "application/vnd.oci.image.manifest.v1+json"
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


class Faults:
    """A method a scenario: it answers a request for a layer, unless its name begins with manifest_ or any_."""

    def __init__(self, place, scenario):
        self.place, self.scenario = place, scenario
        self.image = Image("s390x" if scenario == "wrong_platform" else machine())
        self.layer_requests = self.requests = 0
        self.tokens = 0
        self.lock = threading.Lock()
        self.main = Server(place / "log", self.answer)
        self.other = Server(place / "other-log", self.answer_as_other)
        self.fault = getattr(self, scenario)

    def other_address(self, path):
        return f"http://127.0.0.1:{self.other.server_port}{path}"

    # ---- who answers what

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

    # ---- nothing wrong, or wrong with the image itself

    def good(self, request, blob):
        pass

    def wrong_platform(self, request, blob):
        pass

    # ---- layers: bodies

    def wrong_digest(self, request, blob):
        request.send(200, bytes([blob[0] ^ 1]) + blob[1:])
        return True

    def short(self, request, blob):
        request.send(200, blob[:-1])
        return True

    def long(self, request, blob):
        request.send(200, blob + b"x")
        return True

    def endless(self, request, blob):
        """Chunked: nothing says beforehand how long it is."""
        request.send_response(200)
        request.send_header("Transfer-Encoding", "chunked")
        request.end_headers()
        chunk = b"%x\r\n%b\r\n" % (len(blob), blob)
        try:
            while True:
                request.wfile.write(chunk)
        except OSError:
            request.close_connection = True
        return True

    def dropped(self, request, blob):
        """Each layer's connection breaks twice."""
        if self.layer_requests <= 6:
            request.send_and_drop(blob, len(blob) // 4)
            return True
        return False

    def dropped_always(self, request, blob):
        request.send_and_drop(blob, 1000)
        return True

    def dropped_without_range(self, request, blob):
        """And then all of it comes again."""
        if self.layer_requests <= 3:
            request.send_and_drop(blob, len(blob) // 2)
        else:
            request.send(200, blob)
        return True

    def dropped_then_wrong_range(self, request, blob):
        if self.layer_requests <= 3:
            request.send_and_drop(blob, len(blob) // 2)
        else:
            request.send(206, blob[1:], {"Content-Range": f"bytes 1-{len(blob) - 1}/{len(blob)}"})
        return True

    def dropped_then_other_bytes(self, request, blob):
        """The second half is of something else; asked for in one piece it is right."""
        start = request.range_start()
        if start is None and self.layer_requests > 3:
            return False
        if start is None:
            request.send_and_drop(blob, len(blob) // 2)
        else:
            request.send(206, b"\0" * (len(blob) - start),
                         {"Content-Range": f"bytes {start}-{len(blob) - 1}/{len(blob)}"})
        return True

    def stalled(self, request, blob):
        if self.layer_requests <= 3:
            request.send(200, blob[:1000], length=len(blob))
            time.sleep(15)
            request.close_connection = True
            return True
        return False

    def slow(self, request, blob):
        """For tests that interrupt: 20 pieces, one every 0.1 s."""
        request.send(200, b"", length=len(blob))
        try:
            for number in range(20):
                request.wfile.write(blob[len(blob) * number // 20:len(blob) * (number + 1) // 20])
                time.sleep(0.1)
        except OSError:
            request.close_connection = True
        return True

    # ---- layers: statuses

    def busy(self, request, blob):
        if self.layer_requests == 1:
            request.send(429, b'{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}',
                         {"Retry-After": "1"})
            return True
        return False

    def busy_until_date(self, request, blob):
        if self.layer_requests == 1:
            request.send(503, headers={"Retry-After": email.utils.formatdate(time.time() + 2, usegmt=True)})
            return True
        return False

    def server_error(self, request, blob):
        if self.layer_requests <= 2:
            request.send(500)
            return True
        return False

    # ---- layers: redirects

    def redirect(self, request, blob):
        path = request.path + "?signature=abc"
        request.send(307, headers={"Location": self.other_address(path)})
        return True

    redirect_to_challenge = redirect

    def redirect_to_file(self, request, blob):
        request.send(302, headers={"Location": "file:///etc/passwd"})
        return True

    def redirect_in_a_circle(self, request, blob):
        request.send(302, headers={"Location": request.path})
        return True

    # ---- manifests

    def manifest_wrong_digest(self, request):
        request.send(200, self.image.manifest,
                     {"Content-Type": MANIFEST, "Docker-Content-Digest": "sha256:" + "0" * 64})
        return True

    def manifest_oversized(self, request):
        request.send(200, b" " * (4 * 1024 * 1024) + self.image.manifest, {"Content-Type": MANIFEST})
        return True

    def manifest_without_head(self, request):
        if request.command == "HEAD":
            request.send(405)
            return True
        return False

    def manifest_too_many_requests(self, request):
        request.send(429, b'{"errors":[{"message":"You have reached your pull rate limit."}]}',
                     {"Retry-After": "21600"})
        return True

    def manifest_escape_sequence(self, request):
        request.send(404, b'{"errors":[{"message":"\\u001b]0;owned\\u0007"}]}')
        return True

    def manifest_names_a_path(self, request):
        request.send(200, self.image.manifest.replace(b'"digest": "sha256:', b'"digest": "sha256:../../'),
                     {"Content-Type": MANIFEST})
        return True

    # ---- all requests

    def any_token(self, request):
        """Bearer tokens, of this very server."""
        if request.path.startswith("/token"):
            self.tokens += 1
            request.send(200, json.dumps({"token": f"token-{self.tokens}", "expires_in": 300}).encode())
            return True
        return self.challenge(request, request.headers.get("Authorization") == f"Bearer token-{self.tokens}")

    def challenge(self, request, granted):
        if granted:
            return False
        realm = f"http://127.0.0.1:{self.main.server_port}/token"
        request.send(401, headers={"WWW-Authenticate": f'Bearer realm="{realm}",service="s, really",'
                                                       'scope="repository:app:pull,push"'})
        return True

    def any_token_expires(self, request):
        """Every token is good for three requests, whatever it says."""
        if request.path.startswith("/token"):
            self.tokens += 1
            self.requests = 0
        return self.any_token(request) or (self.requests > 3 and self.challenge(request, False))

    def any_token_of_a_second(self, request):
        """Tokens say that they live a second, and the manifest takes that long."""
        if request.path.startswith("/token"):
            self.tokens += 1
            request.send(200, json.dumps({"access_token": f"token-{self.tokens}", "expires_in": 1}).encode())
            return True
        if "/manifests/" in request.path:
            time.sleep(1)
        return self.challenge(request, request.headers.get("Authorization") == f"Bearer token-{self.tokens}")

    def any_token_and_redirect(self, request):
        if self.any_token(request):
            return True
        blob = self.image.blobs.get(request.path.rsplit("/", 1)[1])
        return "/blobs/" in request.path and self.redirect(request, blob)

    def any_refused(self, request):
        """Tokens are given, and not enough."""
        if request.path.startswith("/token"):
            return self.any_token(request)
        return self.challenge(request, False)

    def any_realm_is_a_file(self, request):
        request.send(401, headers={"WWW-Authenticate": 'Bearer realm="file:///etc/passwd",service="s"'})
        return True

    def any_realm_is_plain(self, request):
        request.send(401, headers={"WWW-Authenticate": 'Bearer realm="http://registry.invalid/token"'})
        return True

    def any_token_with_a_line_break(self, request):
        if request.path.startswith("/token"):
            request.send(200, b'{"token":"a\\r\\nX-Injected: yes"}')
            return True
        return self.challenge(request, False)

    def any_other_scheme(self, request):
        request.send(401, headers={"WWW-Authenticate": "Negotiate"})
        return True

    def any_identity_token(self, request):
        """OAuth2: a stored identity token is posted, and exchanged."""
        if request.path.startswith("/token"):
            form = request.rfile.read(int(request.headers.get("Content-Length", "0"))).decode()
            (self.place / "form").write_text(form, encoding="utf-8")
            self.tokens += 1
            request.send(200, json.dumps({"access_token": f"token-{self.tokens}"}).encode())
            return True
        return self.any_token(request)

    def any_unavailable(self, request):
        request.send(503)
        return True


def main(arguments):
    if len(arguments) != 2 or not hasattr(Faults, arguments[1]):
        sys.exit(__doc__)
    place, started_by = pathlib.Path(arguments[0]), os.getppid()
    faults = Faults(place, arguments[1])
    for server, name in ((faults.main, "port"), (faults.other, "other-port")):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        (place / name).write_text(str(server.server_port), encoding="utf-8")
    print("ready", flush=True)
    while os.getppid() == started_by:
        time.sleep(0.2)


if __name__ == "__main__":
    main(sys.argv[1:])
