"""The runner's surroundings: the user behind sudo, the make above, the services of the tests."""

import os
import pwd

from place import REPOSITORY


def step_down():
    """Under `sudo make check` everything but the checked program itself runs as the user who called sudo, so
    that no file in work/ or build/ becomes root's. The saved id stays 0, for become_root."""
    user = os.environ.get("SUDO_UID", "")
    if os.geteuid() != 0 or not user.isdigit() or user == "0":
        return
    uid, gid = int(user), int(os.environ.get("SUDO_GID", user))
    try:
        os.initgroups(pwd.getpwuid(uid).pw_name, gid)
    except KeyError:
        os.setgroups([gid])
    os.setresgid(gid, gid, 0)
    os.setresuid(uid, uid, 0)


def become_root():
    """Undo step_down, in a child before exec. Nothing happens where there was nothing to undo."""
    if os.getresuid()[2] == 0:
        os.setresuid(0, 0, 0)
        os.setresgid(0, 0, 0)


def outside_make():
    """The environment without what the make above set: another make must not take it for its own."""
    return {name: value for name, value in os.environ.items()
            if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "MAKEOVERRIDES")}


def with_services(exercises, arguments):
    """The command that runs this program again with ARGUMENTS between the registries, or None where EXERCISES
    need none or they are there already."""
    if "GOCKER_TEST_REGISTRY" in os.environ or not any("registry" in exercise.needs for exercise in exercises):
        return None
    runner = REPOSITORY / "exercises" / "runner" / "run"
    return [str(REPOSITORY / "tests" / "support" / "services.py"), str(runner), *arguments]
