"""pack.py STORE TAR...: an image store with one image, docker.io/library/made:latest, whose layers are the tars."""
import hashlib, json, pathlib, platform, sys
store = pathlib.Path(sys.argv[1])
(store / "blobs/sha256").mkdir(parents=True, exist_ok=True)
def blob(kind, content):
    digest = hashlib.sha256(content).hexdigest()
    (store / "blobs/sha256" / digest).write_bytes(content)
    return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(content)}
machine = {"x86_64": "amd64", "aarch64": "arm64"}[platform.machine()]
layers = [blob("layer.v1.tar", pathlib.Path(tar).read_bytes()) for tar in sys.argv[2:]]
config = {"os": "linux", "architecture": machine,
          "rootfs": {"type": "layers", "diff_ids": [layer["digest"] for layer in layers]}}
manifest = {"schemaVersion": 2, "config": blob("config.v1+json", json.dumps(config).encode()), "layers": layers}
image = blob("manifest.v1+json", json.dumps(manifest).encode())
image["annotations"] = {"org.opencontainers.image.ref.name": "docker.io/library/made:latest"}
(store / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [image]}))
(store / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
