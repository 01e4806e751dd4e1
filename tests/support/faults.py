"""The faults of faultserver.py, a method a scenario.

A method answers one request, or returns False (None) where that is to be answered as a good registry does. It is
asked about layers only, unless its name begins with manifest_ (manifests) or any_ (all requests).
"""

import email.utils
import json
import time

MANIFEST = "application/vnd.oci.image.manifest.v1+json"


class Faults:
    """What it works on is its heir's: image, place, main and other (the servers), layer_requests, requests."""
    image = place = main = other = None
    layer_requests = requests = tokens = 0

    def other_address(self, path):
        return f"http://127.0.0.1:{self.other.server_port}{path}"

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
