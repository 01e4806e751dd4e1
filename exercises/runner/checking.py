"""Checking an answer: one Report, whatever happens on the way."""

import dataclasses

import building
import running
from findings import CRASHED, FAILED, LEFT, NEED, PASSED, TIMEOUT, finding, signal_name
from place import shown

COMPILE, ABSENT, BROKEN = "does not compile", "not started", "broken"
SOONEST = [CRASHED, TIMEOUT, LEFT, FAILED, NEED]  # what a report with several kinds is called after


@dataclasses.dataclass(frozen=True)
class Report:
    """What became of an answer. Only PASSED is a pass."""
    kind: str
    findings: list = dataclasses.field(default_factory=list)
    text: str = ""

    @property
    def passed(self):
        return self.kind == PASSED

    def names(self, *kinds):
        return [f.name for f in self.findings if f.kind in kinds]


def judge(outcome, answer):
    """The Report of what a check program did."""
    findings = [finding(result, answer) for result in outcome.results]
    if outcome.status is None:
        return Report(TIMEOUT, findings, "the check did not come to an end, and was killed with all it started")
    if outcome.status < 0:
        return Report(CRASHED, findings, f"the check was ended by {signal_name(-outcome.status)}"
                      + quoted(outcome.output))
    if not outcome.complete or outcome.declared == 0 or outcome.status != 0:
        return Report(BROKEN, findings, f"the check itself ended before its time, with status {outcome.status}"
                      + quoted(outcome.output))
    kinds = {f.kind for f in findings}
    return Report(next((kind for kind in SOONEST if kind in kinds), PASSED), findings)


def quoted(output):
    return "".join(f"\n    {line}" for line in output.splitlines()[:20])


def check(place, exercise, source, variant=None, builder=None, limit_s=running.LIMIT_S):
    """Check the file SOURCE: the learner's answer, the starter, the solution, a wrong answer."""
    if not source.is_file():
        return Report(ABSENT, text=f"{shown(source)} is not there: `make start EX={exercise.id}` puts it there")
    try:
        builder = builder or building.Builder(place, exercise.chapter, variant or building.variant_of(exercise))
        program = builder.program(exercise, source)
        settings = {"EXERCISE_DIRECTORY": shown(exercise.directory), "GOCKER_BIN": str(builder.binary)}
        return judge(running.run_check(program, source, settings, limit_s), source)
    except building.CompileError as error:
        return Report(COMPILE, text=f"{shown(source)} does not compile:\n{str(error).rstrip()}")
    except building.Need as error:
        return Report(NEED, text=str(error))
    except (building.Broken, running.Garbled) as error:
        return Report(BROKEN, text="This is not your answer's fault; the check cannot be made:" + quoted(str(error)))


def render(exercise, source, report):
    """REPORT for people."""
    lines = [f"{exercise.id} {exercise.title}: {shown(source)}"]
    for found in report.findings:
        mark = {PASSED: "passed", FAILED: "FAILED", NEED: "not run", LEFT: "FAILED"}.get(found.kind, found.kind.upper())
        lines.append(f"  {mark:<9} {found.name}")
        if found.text:
            lines.append(f"            {found.text}".replace("\n", "\n            "))
        printed = [line for line in found.output.splitlines() if line.strip()]
        if printed and found.kind != PASSED:
            lines += ["            printed:"] + [f"            | {line}" for line in printed[:20]]
    if report.text:
        lines.append(f"  {report.text}".replace("\n", "\n  "))
    return "\n".join(lines)
