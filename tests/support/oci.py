"""Layers, configs and manifests from nothing but the standard library, and their way into a registry.

The output depends on the input alone (fixed times, sorted names), so digests are the same on every run.
Specification: the OCI image specification, and the distribution specification for push().
"""

import gzip
import hashlib
import io
import json
import subprocess
import tarfile
import urllib.error
import urllib.parse
import urllib.request

TIME = 1700000000  # of every file and image, in seconds since 1970
CREATED = "2023-11-14T22:13:20Z"  # the same

OCI = {
    "manifest": "application/vnd.oci.image.manifest.v1+json",
    "index": "application/vnd.oci.image.index.v1+json",
    "config": "application/vnd.oci.image.config.v1+json",
    "tar": "application/vnd.oci.image.layer.v1.tar",
    "gzip": "application/vnd.oci.image.layer.v1.tar+gzip",
    "zstd": "application/vnd.oci.image.layer.v1.tar+zstd",
}
DOCKER = {
    "manifest": "application/vnd.docker.distribution.manifest.v2+json",
    "index": "application/vnd.docker.distribution.manifest.list.v2+json",
    "config": "application/vnd.docker.container.image.v1+json",
    "gzip": "application/vnd.docker.image.rootfs.diff.tar.gzip",
}


def digest(data):
    return "sha256:" + hashlib.sha256(data).hexdigest()


# ---- entries of a layer: pairs of a header and the contents


def entry(path, kind, mode, content=b"", target="", owner=(0, 0), xattrs=None):
    """xattrs maps names to text, as PAX headers of tar(1) --xattrs do."""
    info = tarfile.TarInfo(path)
    info.type, info.mode, info.linkname, info.size = kind, mode, target, len(content)
    info.uid, info.gid, info.mtime = owner[0], owner[1], TIME
    info.pax_headers = {"SCHILY.xattr." + name: value for name, value in (xattrs or {}).items()}
    return info, content


def file(path, content=b"", mode=0o644, **more):
    return entry(path, tarfile.REGTYPE, mode, content.encode() if isinstance(content, str) else content, **more)


def directory(path, mode=0o755, **more):
    return entry(path, tarfile.DIRTYPE, mode, **more)


def symlink(path, target):
    return entry(path, tarfile.SYMTYPE, 0o777, target=target)


def hardlink(path, target, mode=0o644):
    """MODE is the target's: some tools set it once more."""
    return entry(path, tarfile.LNKTYPE, mode, target=target)


def fifo(path):
    return entry(path, tarfile.FIFOTYPE, 0o600)


def whiteout(path):
    """Hides PATH of the layers below (layer.md, Whiteouts)."""
    parent, _, name = path.rpartition("/")
    return file((parent + "/" if parent else "") + ".wh." + name)


def opaque(path):
    """Hides all that the layers below have in the directory PATH."""
    return file(path + "/.wh..wh..opq")


def tar(entries):
    """The entries as a tar archive, sorted; hard links last, behind what they name."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT, errors="surrogateescape") as archive:
        for info, content in sorted(entries, key=lambda e: (e[0].islnk(), e[0].name)):
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


# ---- layers and images


class Layer:
    """A tar archive in the form it travels in: "tar", "gzip", "members" (of gzip) or "zstd"."""

    def __init__(self, archive, form="gzip"):
        self.diff_id = digest(archive)
        self.type = "gzip" if form == "members" else form
        if form == "tar":
            self.blob = archive
        elif form == "zstd":
            command = ["zstd", "-q", "-c", "-T1"]
            self.blob = subprocess.run(command, input=archive, stdout=subprocess.PIPE, check=True).stdout
        elif form == "members":
            half = len(archive) // 2
            self.blob = gzip.compress(archive[:half], mtime=0) + gzip.compress(archive[half:], mtime=0)
        else:
            self.blob = gzip.compress(archive, 4, mtime=0)


class Image:
    """A manifest with all that it names: blobs, and for an index the other images."""

    def __init__(self, manifest, types, kind, blobs=(), images=(), platform=None):
        body = {"schemaVersion": 2, "mediaType": types[kind], **manifest}
        self.bytes = json.dumps(body, indent=2).encode()
        self.media_type, self.digest = types[kind], digest(self.bytes)
        self.blobs, self.images, self.platform = list(blobs), list(images), platform

    def descriptor(self):
        found = {"mediaType": self.media_type, "digest": self.digest, "size": len(self.bytes)}
        return {**found, "platform": self.platform} if self.platform else found


def describe(media_type, blob):
    return {"mediaType": media_type, "digest": digest(blob), "size": len(blob)}


def image(layers, config, platform, types=None):
    """PLATFORM is {"os": …, "architecture": …}; CONFIG is the config's "config": Env, Cmd and so on."""
    types = types or OCI
    body = {
        "created": CREATED,
        **platform,
        "config": config,
        "rootfs": {"type": "layers", "diff_ids": [layer.diff_id for layer in layers]},
        "history": [{"created": CREATED, "created_by": "tests/support/images.py"} for _ in layers],
    }
    blob = json.dumps(body, indent=2).encode()
    manifest = {
        "config": describe(types["config"], blob),
        "layers": [describe(types[layer.type], layer.blob) for layer in layers],
    }
    return Image(manifest, types, "manifest", [blob] + [layer.blob for layer in layers], platform=platform)


def index(images, types=None):
    types = types or OCI
    return Image({"manifests": [i.descriptor() for i in images]}, types, "index", images=images)


# ---- to a registry


def call(method, url, data=None, headers=None):
    """Returns the status and headers; raises what is not 2xx, with the registry's words."""
    request = urllib.request.Request(url, data, headers or {}, method=method)
    direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # the registry is on this machine
    try:
        with direct.open(request, timeout=60) as answer:
            return answer.status, answer.headers
    except urllib.error.HTTPError as error:
        if method == "HEAD" and error.code == 404:
            return 404, error.headers
        raise SystemExit(f"{method} {url}: {error.code} {error.read().decode(errors='replace')}") from error


def push_blob(base, blob):
    name = digest(blob)
    if call("HEAD", f"{base}/blobs/{name}")[0] == 200:
        return
    _, headers = call("POST", f"{base}/blobs/uploads/", b"")
    place = urllib.parse.urljoin(base, headers["Location"])
    place += ("&" if "?" in place else "?") + urllib.parse.urlencode({"digest": name})
    call("PUT", place, blob, {"Content-Type": "application/octet-stream"})


def push(address, repository, tag, pushed):
    """Put the Image PUSHED where http://ADDRESS serves it as REPOSITORY:TAG."""
    base = f"http://{address}/v2/{repository}"
    for blob in pushed.blobs:
        push_blob(base, blob)
    for inner in pushed.images:
        push(address, repository, inner.digest, inner)
    call("PUT", f"{base}/manifests/{tag}", pushed.bytes, {"Content-Type": pushed.media_type})
