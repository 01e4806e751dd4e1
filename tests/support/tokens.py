"""A token server, as Docker Hub has one: a registry sends its clients here, and trusts what this one signs.

Specification: distribution's "Token Authentication Specification" and "Token Authentication Implementation"
(the token is a JSON Web Token, RFC 7519, signed by RS256, with its certificate in the x5c header, RFC 7515).
"""

import base64
import contextlib
import http.server
import json
import ssl
import subprocess
import threading
import time
import urllib.parse
import uuid

ISSUER, SERVICE = "gocker's token server", "gocker's registry"
USER, PASSWORD = "learner", "secret"
LIFETIME_S = 300


def auth(realm, certificate):
    """The "auth" of a registry's configuration that sends its clients to REALM."""
    return {"token": {"realm": realm, "service": SERVICE, "issuer": ISSUER,
                      "rootcertbundle": str(certificate)}}


def base64url(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=")


def granted(scope, known):
    """What a client gets of the SCOPE it asks for ("repository:NAME:ACTION,…"). KNOWN: it gave the password."""
    kind, _, rest = scope.partition(":")
    name, _, actions = rest.rpartition(":")
    wanted = actions.split(",")
    if not known:
        wanted = [] if name.startswith("private/") else [action for action in wanted if action == "pull"]
    return {"type": kind, "name": name, "actions": wanted}


def sign(key, certificate, claims):
    header = {"typ": "JWT", "alg": "RS256",
              "x5c": [base64.b64encode(ssl.PEM_cert_to_DER_cert(certificate.read_text())).decode()]}
    text = base64url(json.dumps(header).encode()) + b"." + base64url(json.dumps(claims).encode())
    command = ["openssl", "dgst", "-sha256", "-sign", key]
    signature = subprocess.run(command, input=text, stdout=subprocess.PIPE, check=True).stdout
    return (text + b"." + base64url(signature)).decode()


def handler(key, certificate):
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            asked = urllib.parse.parse_qs(urllib.parse.urlsplit(self.path).query)
            given = self.headers.get("Authorization")
            right = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            if given not in (None, right):
                self.answer(401, {"details": "incorrect username or password"})
                return
            now = int(time.time())
            claims = {"iss": ISSUER, "sub": USER if given else "", "aud": SERVICE, "exp": now + LIFETIME_S,
                      "nbf": now - 5, "iat": now, "jti": str(uuid.uuid4()),
                      "access": [granted(scope, given) for scope in asked.get("scope", [])]}
            self.answer(200, {"token": sign(key, certificate, claims), "expires_in": LIFETIME_S})

        def answer(self, status, body):
            data = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, format, *args):  # pylint: disable=redefined-builtin
            pass

    return Handler


@contextlib.contextmanager
def server(key, certificate):
    """Serve on a port that the kernel chooses, signing with KEY; yields the URL ("realm")."""
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler(key, certificate)) as serving:
        threading.Thread(target=serving.serve_forever, daemon=True).start()
        try:
            yield f"http://127.0.0.1:{serving.server_port}/token"
        finally:
            serving.shutdown()
