"""`make prove`: the exercises tested as code is. Every starter fails where its README says, every solution passes,
every mistake in wrong/ is rejected by the test it names."""

import concurrent.futures
import multiprocessing
import os
import re

import building
import catalogue
from checking import CRASHED, FAILED, LEFT, NEED, PASSED, TIMEOUT, check
from place import shown

MISTAKE = re.compile(r"(?:/\*|#) Mistake: \S.*\. Rejected by (\w+)\.")
NOT_PASSED = (FAILED, CRASHED, TIMEOUT, LEFT)
LEAST_WRONG = 2


class Proof:
    """One exercise, and what was found out about it: each finding is (LABEL, "passed" | "failed" | "skipped", TEXT)."""

    def __init__(self, place, exercise):
        self.place, self.exercise = place, exercise
        self.found = []
        self.rejecting = set()  # tests that rejected something
        self.declared = []

    def note(self, label, complaint):
        self.found.append((label, "failed" if complaint else "passed", complaint))

    def checked(self, label, source, judge, variant=None):
        """Check SOURCE, and note what JUDGE has to complain of."""
        report = check(self.place, self.exercise, source, variant)
        if report.kind == NEED:
            self.found.append((label, "skipped", report.text or next(f.text for f in report.findings if f.text)))
            return
        self.rejecting.update(report.names(*NOT_PASSED))
        self.declared = [f.name for f in report.findings] or self.declared
        self.note(label, judge(report))


def told(report):
    """The first thing in REPORT that is no pass, in a line."""
    bad = [f"{f.name} {f.kind}: {f.text}" + (f" ({f.where})" if f.where else "")
           for f in report.findings if f.kind != PASSED]
    return "; ".join([report.kind, *bad[:1], *report.text.splitlines()[:12]])


def starter_fails(exercise, report):
    if report.kind != FAILED:
        return f"wanted it to fail in {exercise.first_test}, got: {told(report)}"
    bad = report.names(*NOT_PASSED)
    if bad[0] != exercise.first_test:
        return f"wanted {exercise.first_test} to be the first test that fails (README.md), got {bad[0]}"
    return None


def solution_passes(report):
    return None if report.passed else f"wanted it to pass, got: {told(report)}"


def wrong_is_rejected(test, report):
    if test in report.names(*NOT_PASSED):
        return None
    return f"wanted {test} to reject it, got: {told(report)}"


def words(path):
    return len(path.read_text().split()) if path.is_file() else 0


def form_complaint(exercise):
    """What is wrong with the exercise's files themselves."""
    for path in (exercise.starter, exercise.solution, exercise.directory / "check.c"):
        if not path.is_file():
            return f"{shown(path)} is missing"
    counts = [words(exercise.hint(number)) for number in range(1, catalogue.HINTS + 1)]
    if 0 in counts:
        return f"{shown(exercise.directory / 'hints')}: wanted 1.md to {catalogue.HINTS}.md, none of them empty"
    if counts != sorted(set(counts)):
        return f"hints: wanted each to tell more than the one before, got {counts} words"
    if len(exercise.wrong) < LEAST_WRONG:
        return f"wrong/: wanted {LEAST_WRONG} mistakes or more, got {len(exercise.wrong)}"
    if exercise.starter.read_bytes() == exercise.solution.read_bytes():
        return "the starter is the solution"
    return None


def prove_starter(proof):
    exercise = proof.exercise
    if exercise.form == "implement":  # as a learner's own compiler run would: no warning, without sanitizers too
        try:
            building.Builder(proof.place, exercise.chapter, building.PLAIN).object_of(exercise, exercise.starter)
        except building.CompileError as error:
            proof.note("starter", f"wanted it to compile without a warning, got:\n{error}")
            return
    proof.checked("starter", exercise.starter, lambda report: starter_fails(exercise, report))


def prove_wrong(proof, path):
    label = f"wrong/{path.name}"
    lines = path.read_text().splitlines()
    mistake = MISTAKE.match(lines[0] if lines else "")
    if not mistake:
        proof.note(label, "wanted the first line \"/* Mistake: what is wrong. Rejected by TEST. */\" (# in a .txt)")
        return
    proof.checked(label, path, lambda report: wrong_is_rejected(mistake[1], report))


def prove_tests(proof):
    """Every test rejects something: one that nothing fails may assert nothing."""
    if not proof.declared or any(state == "skipped" for _, state, _ in proof.found):
        return
    idle = [name for name in proof.declared if name not in proof.rejecting]
    proof.note("check.c", f"wanted every test to reject the starter or a file of wrong/, got none for "
                          f"{', '.join(idle)}" if idle else None)


def prove(place, directory):
    """All findings about the exercise in DIRECTORY: (id, findings)."""
    try:
        exercise = catalogue.read(directory)
    except catalogue.Faulty as error:
        return catalogue.number_of(directory), [("README.md", "failed", str(error))]
    proof = Proof(place, exercise)
    proof.note("files", complaint := form_complaint(exercise))
    if complaint:
        return exercise.id, proof.found
    try:
        prove_starter(proof)
        for variant in [building.PLAIN] + ([building.SANITIZED] if exercise.form == "implement" else []):
            label = "solution" if variant == building.PLAIN else "solution, sanitized"
            proof.checked(label, exercise.solution, solution_passes, variant)
        for path in exercise.wrong:
            prove_wrong(proof, path)
    except (building.Broken, building.Need) as error:
        proof.note("check", str(error))
    prove_tests(proof)
    return exercise.id, proof.found


def prepare(place, directories):
    """Bring the archives and what all checks share up to date, before several processes need them at once."""
    for chapter in sorted({directory.parent.name for directory in directories}):
        for variant in (building.PLAIN, building.SANITIZED):
            try:
                building.Builder(place, chapter, variant).shared_objects()
            except (building.Broken, building.Need):
                pass  # told by the exercises that need it


def prove_all(place, directories, say=print):
    """Prove the exercises in DIRECTORIES and print the count. True when none failed and some passed.

    A process each: to end all that a check left behind, its runner has to be the parent of nothing else."""
    count = {"passed": 0, "failed": 0, "skipped": 0}
    prepare(place, directories)
    # By fork, not exec: the way back to root behind step_down has to be kept. There are no threads yet.
    context = multiprocessing.get_context("fork")
    # Two for each processor: the checks wait for most of their time.
    with concurrent.futures.ProcessPoolExecutor(2 * len(os.sched_getaffinity(0)), mp_context=context) as pool:
        for identity, found in pool.map(prove, [place] * len(directories), directories):
            for label, state, text in found:
                count[state] += 1
                if state != "passed":
                    say(f"exercises: {state.upper() if state == 'failed' else state} {identity} {label}: {text}")
    say("exercises: {passed} passed, {failed} failed, {skipped} skipped".format(**count))
    return count["failed"] == 0 and count["passed"] > 0
