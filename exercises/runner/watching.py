"""`make watch`: check an answer whenever it is saved."""

import re
import subprocess

import building
from place import REPOSITORY
from surroundings import outside_make


def watcher(place):
    """The path of watch.c's program."""
    builder = building.Builder(place, "00-watch", building.PLAIN)
    return builder.link(builder.directory / "watch",
                        [builder.compile_ours(building.RUNNER / "watch.c", builder.directory / "watch.o", [])])


def saved_exercise(line):
    """The exercise whose answer the watcher's LINE names, or None: editors write files of their own beside it."""
    match = re.fullmatch(r"(\d\d\.\d+)/answer\.(?:c|txt)\n?", line)
    return match[1] if match else None


def check_by_make(identity):
    """A fresh make each time: the archives may have to be made again, too."""
    subprocess.run(["make", "--no-print-directory", "check", f"EX={identity}"], cwd=REPOSITORY,
                   env=outside_make(), stdin=subprocess.DEVNULL, check=False)


def watch(place, polling, run_check=check_by_make):
    """Watch until interrupted."""
    place.work.mkdir(parents=True, exist_ok=True)
    command = [str(watcher(place)), *(["--poll"] if polling else []), str(place.work)]
    checked = {}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        print("Watching work/: save an answer and it is checked. Ctrl-C ends.", flush=True)
        try:
            for line in process.stdout:
                identity = saved_exercise(line)
                path = place.work / line.strip()
                if not identity or not path.exists():
                    continue
                # Saving once can be several events; what was checked already is not checked again.
                time = path.stat().st_mtime_ns
                if checked.get(identity) != time:
                    checked[identity] = time
                    print(f"\n---- {identity} saved", flush=True)
                    run_check(identity)
        except KeyboardInterrupt:
            print()
        finally:
            process.terminate()
    return True
