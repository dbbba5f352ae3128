"""``swarmwire check`` of stack files, as users run it."""

import json
import shlex
import subprocess

import click
import pytest
import yaml

from tests.support.documented import commands, is_what_was_printed

STACK = "services:\n  a:\n    image: x:1\n    {}\n"


@pytest.fixture
def file(tmp_path):
    def write(text, name="stack.yml"):
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def test_a_stack_file_is_told_by_itself(invoke, file):
    path = file(STACK.format("working_dir: rel"))
    done = invoke("check", path)
    assert done.code == 1
    assert done.text.startswith(f"{path}\n  error    services.a.working_dir  line 4\n")
    assert done.text.endswith("1 stack checked, 0 clean: 1 error (refused)\n")
    assert done.stderr == ""


def test_a_sound_stack_passes(invoke, examples):
    done = invoke("check", examples / "shop-stack.yml")
    assert (done.code, done.text) == (0, "1 stack checked, nothing found\n")


@pytest.mark.parametrize(
    "text",
    [
        STACK.format("tmpfs: /x"),
        "# ours\n\n---\n" + STACK.format("tmpfs: /x"),
        "x-a: 1\n" + "# much\n" * 4000 + STACK.format("tmpfs: /x"),
        '"services": {a: {image: x, tmpfs: /x}}\n',
        '{"services": {"a": {"image": "x", "tmpfs": "/x"}}}',
        b"\xef\xbb\xbf" + STACK.format("tmpfs: /x").encode(),
    ],
)
def test_stack_files_are_read_from_standard_input_and_in_json(invoke, text):
    data = text if isinstance(text, bytes) else text.encode()
    done = invoke("check", "-", data=data)
    assert (done.code, "services.a.tmpfs" in done.text) == (1, True), done.stderr


@pytest.mark.parametrize("size", [1, 7])
def test_in_small_pieces(run, size):
    text = STACK.format("tmpfs: /x").encode()
    with subprocess.Popen(
        [*run.command, "check", "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as process:
        for start in range(0, len(text), size):
            process.stdin.write(text[start : start + size])
            process.stdin.flush()
        process.stdin.close()
        assert b"services.a.tmpfs" in process.stdout.read()
        assert process.wait(30) == 1


def test_several_files_of_one_stack(invoke, file):
    base, over = file(STACK.format("init: true")), file("services: {a: {tmpfs: /x}}", "over.yml")
    done = invoke("check", "-c", base, "-c", over, "--stack", "shop")
    assert done.code == 1
    assert done.text.startswith(f"{base} (shop)\n  lost     services.a.tmpfs  {over} line 1\n")
    report = json.loads(invoke("check", "--format", "json", "-c", base, "-c", over).output)
    assert [one["file"] for one in report["findings"]] == [str(over)]
    # each FILE is a stack of its own
    done = invoke("check", base, over)
    assert "2 stacks checked, 1 clean" in done.text
    with pytest.raises(click.UsageError, match="not both"):
        invoke("check", "-c", base, over)


def test_sarif_marks_the_lines(invoke, file):
    path = file(STACK.format("tmpfs: /x\n    working_dir: rel"))
    (run,) = json.loads(invoke("check", "--format", "sarif", path).output)["runs"]
    lines = path.read_text().splitlines()
    marked = {}
    for result in run["results"]:
        (location,) = result["locations"]
        region = location["physicalLocation"]["region"]
        name = location["logicalLocations"][0]["fullyQualifiedName"]
        marked[name] = lines[region["startLine"] - 1][region["startColumn"] - 1 :]
    assert marked == {
        "services.a.working_dir": "working_dir: rel",
        "services.a.tmpfs": "tmpfs: /x",
    }


def test_variables_come_from_the_environment_and_files(invoke, file, monkeypatch):
    path = file("services: {a: {image: 'x:${TAG}', working_dir: '${DIR}'}}")
    env = file("TAG=1\nDIR=from-file\n", "prod.env")
    monkeypatch.setenv("DIR", "/from-environment")
    unset = invoke("check", path)
    assert "the environment does not set TAG" in unset.text
    assert (invoke("check", "--env-file", env, path).code, unset.code) == (0, 1)
    monkeypatch.delenv("DIR")
    assert "from-file" in invoke("check", "--env-file", env, path).text
    missing = invoke("check", "--env-file", "/gone.env", path)
    assert (missing.code, missing.stderr) == (
        2,
        "swarmwire: /gone.env: no such file or directory\n",
    )
    bad = invoke("check", "--env-file", file("A B=hunter2", "bad.env"), path)
    assert (bad.code, "hunter" in bad.stderr) == (2, False)


def test_paths_begin_at_the_folder_of_the_file(invoke, file):
    path = file(STACK.format("secrets: [s]") + "secrets: {s: {file: ./s.txt}}\n")
    missing = invoke("check", path)
    assert missing.code == 1
    assert f"open {path.parent}/s.txt: no such file or directory" in missing.text
    file("hunter2", "s.txt")
    done = invoke("check", path)
    assert (done.code, done.text) == (0, "1 stack checked, nothing found\n")


def test_the_release_of_the_engine_counts(invoke, file):
    path = file(STACK.format("cap_add: [KILL]"))
    assert invoke("check", path).code == 0
    done = invoke("check", "--engine", "19.03", path)
    assert (done.code, "services.a.cap_add" in done.text) == (1, True)


BAD = {
    "not yaml": (b"services:\n  a: [\n", 1, "did not find expected node content"),
    "tabs": (b"services:\n\ta: 1\n", 1, "found character that cannot start any token"),
    "no mapping": (b"services: 3\n", 1, "services must be a mapping"),
    "a bomb": (
        b"x-a: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + b"".join(
            b"x-%c: &%c [%s]\n" % (n + 1, n + 1, b",".join([b"*%c" % n] * 10))
            for n in range(97, 105)
        )
        + b"services: {a: {image: x}}\n",
        1,
        "excessive aliasing",
    ),
    "deep": (b"services: " + b"[" * 20_000, 1, "stack-parse"),
    "bytes": (b"services:\n  a: {image: \xff}\n", 1, "neither UTF-8 nor UTF-16"),
    "utf-16": (STACK.format("tmpfs: /x").encode("utf-16"), 1, "services.a.tmpfs"),
    "other yaml": (b"---\n- a\n", 2, "a stack file would have services"),
    "two documents": (b"services: {a: {image: x}}\n---\na: 1\n", 1, "only the first document"),
    "open variable": (b"services: {a: {image: '${A'}}\n", 1, "invalid interpolation format"),
    "compose": (
        b"name: a\nservices: {a: {image: x, depends_on: {b: {condition: y}}, cpus: 1}}\n",
        1,
        "only `docker compose` knows it: use deploy.resources",
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_told_for_what_it_is(invoke, name):
    data, code, words = BAD[name]
    done = invoke("check", data=data)
    assert (done.code, words in done.text + done.stderr) == (code, True), done.text + done.stderr


def test_a_large_file_is_refused(invoke, file):
    path = file(STACK.format("init: true") + "#" * (17 * 2**20))
    done = invoke("check", path)
    assert (done.code, "the file is larger than 16 MiB" in done.text) == (1, True)
    done = invoke("check", "/nonexistent.yml")
    assert (done.code, done.output) == (2, b"")
    done = invoke("check", "-c", path, "-c", "/nonexistent.yml")
    assert (done.code, "/nonexistent.yml: no such file" in done.stderr) == (2, True)


def test_other_commands_say_which_ones_take_stack_files(invoke):
    done = invoke("to-grpc", data=STACK.format("init: true").encode())
    assert done.code == 2
    assert "swarmwire plan --stack NAME -c FILE tells" in done.stderr
    assert "swarmwire check" in done.stderr


def test_the_workflow_of_the_examples_runs(invoke, examples, tmp_path, monkeypatch):
    monkeypatch.chdir(examples)
    text = (examples / "stack-workflow.yml").read_text(encoding="utf-8")
    jobs = yaml.safe_load(text)["jobs"]
    (check,) = [
        step["run"] for step in jobs["check"]["steps"] if "swarmwire check" in step.get("run", "")
    ]
    sarif = tmp_path / "stack.sarif"
    words = shlex.split(check.replace("stack.sarif", str(sarif)))
    assert invoke(*words[1:]).code == 0
    assert json.loads(sarif.read_text())["runs"][0]["results"] == []


def test_the_guide_shows_what_is_printed(run):
    shown = [one for one in commands("docs/howto/stacks.md") if one[0].startswith("check ")]
    assert shown
    for command, output in shown:
        done = run(*shlex.split(command))
        assert is_what_was_printed(output, done.stdout.decode())
