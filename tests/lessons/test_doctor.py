"""tests/support/doctor: what is missing is named with what mends it, and it never waits long."""

import importlib.machinery
import importlib.util
import os
import pathlib
import time
import unittest
from unittest import mock

from fixture import ProjectTest

DOCTOR = pathlib.Path(__file__).resolve().parents[1] / "support" / "doctor"


def load():
    loader = importlib.machinery.SourceFileLoader("doctor", str(DOCTOR))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("doctor", loader))
    loader.exec_module(module)
    return module


class Doctor(ProjectTest):
    def setUp(self):
        super().setUp()
        self.doctor = load()

    def settings(self, **values):
        """Replace what the doctor reads below /proc and /sys; the rest is not there."""
        values = {name.replace("__", "/"): text for name, text in values.items()}

        def read(path):
            return next((text for name, text in values.items() if str(path).endswith(name)), None)
        patch = mock.patch.object(self.doctor, "read", read)
        patch.start()
        self.addCleanup(patch.stop)

    def test_all_is_well_exactly_when_chapters_1_to_4_are(self):
        with mock.patch("sys.argv", ["doctor"]):
            status, output = self.run_tool(self.doctor.main)
        listed = output.split("work on this machine: ")[1].split("\n")[0].split(", ")
        self.assertEqual(status == 0, {"1", "2", "3", "4"} <= set(listed), output)

    def test_setting_that_forbids_user_namespaces_is_named_with_its_remedy(self):
        self.settings(kernel__apparmor_restrict_unprivileged_userns="1", kernel__unprivileged_userns_clone="0",
                      user__max_user_namespaces="100")
        found = self.doctor.user_namespaces()
        self.assertEqual(found.works, False)
        self.assertIn("kernel.apparmor_restrict_unprivileged_userns=1", found.found)
        self.assertIn("kernel.unprivileged_userns_clone=0", found.found)
        self.assertNotIn("max_user_namespaces", found.found)
        self.assertIn("sudo sysctl -w kernel.unprivileged_userns_clone=1", found.mend)

    def test_mixed_cgroups_are_not_enough(self):
        self.settings(mounts="x /sys/fs/cgroup/unified cgroup2 rw 0 0", unified__cgroup__controllers="",
                      **{"cgroup.controllers": "hugetlb pids"})
        found = self.doctor.cgroups()
        self.assertEqual((found.works, list(found.chapters)), (False, [7]))
        self.assertIn("/sys/fs/cgroup/unified has no cpu, memory", found.found)
        self.assertNotIn("pids", found.found)

    def test_pure_cgroup_v2_is_enough(self):
        self.settings(mounts="cgroup2 /sys/fs/cgroup cgroup2 rw 0 0",
                      **{"cgroup.controllers": "cpuset cpu io memory pids"})
        with mock.patch.object(self.doctor, "kernel_version", return_value=(6, 1)):
            self.assertTrue(self.doctor.cgroups().works)

    def test_old_kernel_allows_the_first_chapters_only(self):
        for release, allowed in (("5.4.0-1-amd64", [1, 2]), ("5.10.0-30-amd64", [1, 2, 3, 4]),
                                 ("5.12.0", list(range(1, 11)))):
            with mock.patch("platform.release", return_value=release):
                self.assertEqual(self.doctor.allowed([self.doctor.kernel()]), allowed)

    def test_missing_compiler_is_named(self):
        with mock.patch.dict(os.environ), mock.patch("shutil.which", return_value=None):
            os.environ.pop("CC", None)
            found = self.doctor.compiler()
        self.assertEqual((found.works, found.mend), (False, "make deps"))

    def test_missing_library_is_named_by_its_package(self):
        with mock.patch.object(self.doctor, "has_header", lambda name: name != "jsmn.h"):
            found = self.doctor.libraries()
        self.assertEqual((found.works, found.found), (False, "missing: libjsmn-dev"))

    def test_root_without_capabilities_is_not_enough(self):
        self.settings(status="Name: x\nCapEff:\t00000000a0000001\n")
        with mock.patch("os.geteuid", return_value=0):
            found = self.doctor.root()
        self.assertEqual((found.works, found.found), (False, "you are root, without CAP_SYS_CHROOT, CAP_MKNOD"))

    def test_user_without_sudo_is_told(self):
        with mock.patch("os.geteuid", return_value=1000), mock.patch("shutil.which", return_value=None):
            found = self.doctor.root()
        self.assertEqual((found.works, self.doctor.allowed([found])), (False, [1, 2, 3]))

    def test_command_that_hangs_is_given_up(self):
        began = time.monotonic()
        self.assertEqual(self.doctor.answer(["sleep", "60"], 0.2), (None, ""))
        self.assertLess(time.monotonic() - began, 10)

    def test_lab_without_qemu_is_told(self):
        with mock.patch("platform.machine", return_value="x86_64"), mock.patch("shutil.which", return_value=None):
            found = self.doctor.lab()
        self.assertEqual((found.works, found.found, found.mend), (False, "no qemu-system-x86_64", "make deps"))

    def test_lab_is_for_one_architecture(self):
        with mock.patch("platform.machine", return_value="aarch64"):
            found = self.doctor.lab()
        self.assertEqual((found.works, "x86-64 only" in found.found), (False, True))

    def test_kvm_in_which_the_lab_did_not_boot_is_none(self):
        self.settings(accelerator="tcg 1234", boot_id="1234")
        with mock.patch("os.path.exists", return_value=True), mock.patch("os.access", return_value=True), \
             mock.patch.object(self.doctor, "answer", return_value=(0, "it runs")):
            found = self.doctor.kvm()
        self.assertEqual((found.works, found.found), (False, "it runs, but the lab did not boot in it"))

    def test_docker_hub_is_not_asked_in_ci(self):
        asked = mock.patch.object(self.doctor, "answer", side_effect=AssertionError)
        with mock.patch.dict(os.environ, CI="true"), asked:
            os.environ.pop("GOCKER_MIRROR", None)
            self.assertIsNone(self.doctor.network().works)

    def test_mirror_that_does_not_answer_is_named(self):
        with mock.patch.dict(os.environ, GOCKER_MIRROR="http://127.0.0.1:9"):
            found = self.doctor.network()
        self.assertEqual((found.what, found.works), ("the mirror", False))
        self.assertIn("127.0.0.1:9", found.found)


if __name__ == "__main__":
    unittest.main()
