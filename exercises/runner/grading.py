"""For a course: build/grade.json in the form that Gradescope reads as results.json (its documentation, "Autograder
Specifications"), and a workflow for GitHub Classroom."""

import json

from checking import check, render

WORKFLOW = """\
# A workflow for GitHub Classroom, made by `make classroom`. Put it into the template repository of the assignment as
# .github/workflows/classroom.yml. Students commit their answers: `git add --force work/*/answer.*`, because work/
# is ignored. Each exercise is a step of its own; its points are those of `make grade`.
name: Autograding
on: [push, workflow_dispatch]
permissions:
  checks: write
  actions: read
  contents: read
jobs:
  grade:
    runs-on: ubuntu-latest
    if: github.actor != 'github-classroom[bot]'
    steps:
      - uses: actions/checkout@v4
      - name: Packages
        run: make deps
"""
STEP = """\
      - name: {quoted}
        id: ex-{slug}
        uses: classroom-resources/autograding-command-grader@v1
        with:
          test-name: {quoted}
          command: {command}
          timeout: 10
          max-score: {points}
"""
REPORTER = """\
      - name: Report
        uses: classroom-resources/autograding-grading-reporter@v1
        env:
{results}
        with:
          runners: {runners}
"""


def entry(exercise, report, source):
    """One of results.json's tests."""
    return {
        "name": f"{exercise.id} {exercise.title}",
        "number": exercise.id,
        "score": exercise.points if report.passed else 0,
        "max_score": exercise.points,
        "status": "passed" if report.passed else "failed",
        "output": render(exercise, source, report),
        "visibility": "visible",
    }


def grade(place, exercises, told=print):
    """Check the answers of EXERCISES and write build/grade.json. True when all passed, and there was one."""
    tests, passed = [], 0
    for exercise in exercises:
        source = exercise.answer(place)
        report = check(place, exercise, source)
        passed += report.passed
        tests.append(entry(exercise, report, source))
        told(f"{exercise.id} {exercise.title}: {report.kind}, {tests[-1]['score']} of {exercise.points}")
    score, most = sum(t["score"] for t in tests), sum(t["max_score"] for t in tests)
    all_passed = bool(tests) and passed == len(tests)
    place.build.mkdir(parents=True, exist_ok=True)
    (place.build / "grade.json").write_text(json.dumps({
        "score": score,
        "output": f"{passed} of {len(tests)} exercises passed, {score} of {most} points",
        "stdout_visibility": "visible",
        "tests": tests,
    }, indent=1, ensure_ascii=False) + "\n")
    told(f"{passed} of {len(tests)} passed, {score} of {most} points: build/grade.json")
    return all_passed


def step(exercise):
    command = "make check EX=" + exercise.id
    if "root" in exercise.needs:
        command = "sudo " + command
    return STEP.format(slug=exercise.id.replace(".", "-"),
                       quoted=json.dumps(f"{exercise.id} {exercise.title}", ensure_ascii=False),
                       command=command, points=exercise.points)


def workflow(exercises):
    """The workflow for GitHub Classroom. The reporter finds a step's result under the step's id in capitals."""
    slugs = ["ex-" + exercise.id.replace(".", "-") for exercise in exercises]
    results = "\n".join(f'          {slug.upper()}_RESULTS: "${{{{steps.{slug}.outputs.result}}}}"' for slug in slugs)
    return WORKFLOW + "".join(map(step, exercises)) + REPORTER.format(results=results, runners=",".join(slugs))
