"""Files out of Debian's packages, without installing them and without root."""

import io
import os
import pathlib
import re
import subprocess
import tarfile

from oci import TIME

# GOARCH's names for Debian's, where they differ.
ARCHITECTURES = {
    "armhf": {"architecture": "arm", "variant": "v7"},
    "i386": {"architecture": "386"},
    "ppc64el": {"architecture": "ppc64le"},
}


def platform():
    """This machine's, as an OCI platform."""
    name = output(["dpkg", "--print-architecture"]).strip()
    return {"os": "linux", **ARCHITECTURES.get(name, {"architecture": name})}


def output(command, **more):
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False, **more)
    if done.returncode != 0:
        raise SystemExit(f"{' '.join(map(str, command))}:\n{done.stderr.decode()}"
                         "Are the package lists there? `make deps` fetches them.")
    return done.stdout.decode()


class Packages:
    """Packages of the distribution's archive, kept in the directory CACHE."""

    def __init__(self, cache):
        self.cache = pathlib.Path(cache)
        self.cache.mkdir(parents=True, exist_ok=True)
        # What is installed here must not matter, neither to the choice of a version nor to what it
        # depends on: apt is shown a machine with nothing on it.
        nothing = self.cache / "nothing-installed"
        nothing.touch()
        self.apt = ["apt-get", "-o", f"Dir::State::status={nothing.resolve()}", "-o", "Debug::NoLocking=1",
                    "-o", "APT::Sandbox::User=root"]

    def closure(self, name, wanted):
        """NAME and those packages it depends on whose names match the pattern WANTED."""
        planned = output(self.apt + ["--simulate", "--no-install-recommends", "install", name])
        names = re.findall(r"^Inst (\S+)", planned, re.MULTILINE)
        return [found for found in names if re.match(wanted, found)]

    def fetch(self, names):
        """Their .deb files, downloaded where they are not in the cache."""
        missing = [name for name in names if not list(self.cache.glob(f"{name}_*.deb"))]
        if missing:
            output(self.apt + ["download"] + missing, cwd=self.cache)
        return [sorted(self.cache.glob(f"{name}_*.deb"))[-1] for name in names]

    def program(self, name, path):
        """The program PATH of the package NAME: where it is installed, else taken out into the cache.
        Installing docker-registry would start a service on this machine."""
        if (pathlib.Path("/") / path).exists():
            return pathlib.Path("/") / path
        taken = self.cache / name
        if not taken.exists():
            content = next(content for info, content in self.files([name], "^$") if info.name == path)
            new = self.cache / f"{name}.{os.getpid()}"
            new.write_bytes(content)
            new.chmod(0o755)
            new.rename(taken)
        return taken

    def files(self, names, leave_out):
        """The packages' files as entries of a layer, but for those whose paths match LEAVE_OUT."""
        for package in self.fetch(names):
            command = ["dpkg-deb", "--fsys-tarfile", package]
            data = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
            with tarfile.open(fileobj=io.BytesIO(data)) as archive:
                for info in archive:
                    info.name = merged(info.name)
                    if info.islnk():
                        info.linkname = merged(info.linkname)
                    if not info.isdir() and not re.search(leave_out, info.name):
                        content = archive.extractfile(info).read() if info.isreg() else b""
                        info.mtime, info.uname, info.gname, info.pax_headers = TIME, "", "", {}
                        yield info, content


def merged(path):
    """Where a file of /bin, /lib, /lib64 or /sbin is when these are links into /usr, as Debian's are."""
    path = path.removeprefix("./")
    return re.sub(r"^(bin|lib|lib64|sbin)/", r"usr/\1/", path)
