#!/usr/bin/env -S python3 -B
"""Time and memory of pull and extract beside skopeo and umoci, on five layers of Debian.

`make bench` runs it between the registries. Each line is the median of several runs, in turns, so that a
busy machine slows all alike. The page cache is warm for all.
"""

import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "support"))

from images import PACKAGES, PATH  # pylint: disable=wrong-import-position
from oci import Layer, directory, image, push, symlink, tar  # pylint: disable=wrong-import-position
from packages import platform  # pylint: disable=wrong-import-position

RUNS = 3
# A layer each: the package, with what it depends on and the layers below do not have.
LAYERS = ["apt", "gcc", "python3", "git", "nodejs"]


def debian():
    """An image of five layers such as a build of a few RUN instructions leaves."""
    have, layers = set(), []
    for name in LAYERS:
        new = [package for package in PACKAGES.closure(name, "") if package not in have]
        have.update(new)
        entries = {info.name: (info, content) for info, content in PACKAGES.files(new, "^$")}
        for path in ("bin", "lib", "lib64", "sbin"):
            entries.setdefault(path, symlink(path, "usr/" + path))
        for path in list(entries):
            for parent in pathlib.PurePath(path).parents:
                if str(parent) not in entries and str(parent) != ".":
                    entries[str(parent)] = directory(str(parent))
        archive = tar(entries.values())
        layers.append(Layer(archive))
        print(f"layer {name}: {len(new)} packages, {len(entries)} entries, {len(archive) >> 20} MiB of tar, "
              f"{len(layers[-1].blob) >> 20} MiB of gzip", flush=True)
    return image(layers, {"Env": [PATH]}, platform())


# A program's largest resident set counts from before its exec, and so includes that of whoever started it.
# This is a small one: 9 MiB.
START = """
import os, sys, time
began = time.monotonic()
child = os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ,
                       file_actions=[(os.POSIX_SPAWN_OPEN, 1, "/dev/null", os.O_WRONLY, 0)])
_, status, usage = os.wait4(child, 0)
print(time.monotonic() - began, usage.ru_maxrss)
sys.exit(os.waitstatus_to_exitcode(status))
"""


def measure(*commands):
    """Run the commands one after the other: seconds in all, and the largest resident set in MiB."""
    total_seconds, largest = 0.0, 0
    for command in commands:
        command = [shutil.which(command[0]), *command[1:]]
        done = subprocess.run([sys.executable, "-I", "-S", "-c", START, *command], stdout=subprocess.PIPE,
                              stderr=subprocess.PIPE, check=False)
        if done.returncode != 0:
            sys.exit(f"{' '.join(map(str, command))}: exit status {done.returncode}\n{done.stderr.decode()}")
        seconds, kib = done.stdout.split()
        total_seconds, largest = total_seconds + float(seconds), max(largest, int(kib))
    return total_seconds, largest / 1024


def contenders(address, place):
    """What is compared: a name, and its commands."""
    gocker = ROOT / "build" / "bin" / "03-extract"
    copy = ["skopeo", "copy", "--quiet", "--src-tls-verify=false", f"docker://{address}/debian:five",
            f"oci:{place}/oci:five"]
    unpack = ["umoci", "raw", "unpack", "--image", f"{place}/oci:five", f"{place}/umoci-root"]
    return {
        "gocker pull": [[gocker, "pull", "--quiet", "--store", place / "store", f"{address}/debian:five"]],
        "skopeo copy": [copy],
        "gocker pull and extract": [[gocker, "extract", "--quiet", "--store", place / "store",
                                     f"{address}/debian:five", place / "root"]],
        "skopeo copy, umoci unpack": [copy, unpack],
    }


def main():
    address = os.environ["GOCKER_TEST_REGISTRY"]
    push(address, "debian", "five", debian())
    results = {}
    for _ in range(RUNS):
        with tempfile.TemporaryDirectory(prefix="gocker-bench-") as directory_name:
            place = pathlib.Path(directory_name)
            for name, commands in contenders(address, place).items():
                results.setdefault(name, []).append(measure(*commands))
                for leftover in place.iterdir():
                    shutil.rmtree(leftover)
    medians = {}
    for name, runs in results.items():
        medians[name] = statistics.median(seconds for seconds, _ in runs)
        print(f"{name:28} {medians[name]:6.2f} s  {max(mib for _, mib in runs):6.1f} MiB")
    print(f"pull: {medians['gocker pull'] / medians['skopeo copy']:.2f} of skopeo's time")
    print("pull and extract: {:.2f} of the time of skopeo and umoci".format(
        medians["gocker pull and extract"] / medians["skopeo copy, umoci unpack"]))


if __name__ == "__main__":
    main()
