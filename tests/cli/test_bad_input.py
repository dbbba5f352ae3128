"""Whatever comes in, the real command answers in a sentence and an exit code."""

import random
import stat
import subprocess
from pathlib import Path

import pytest

from tests.support.powerless import powerless_command

COMMANDS = ("to-grpc", "from-grpc", "check")
DEEP = 200_000


def sentence(done: subprocess.CompletedProcess[bytes]) -> str:
    text = done.stderr.decode()
    assert text.startswith("swarmwire: ")
    assert text.count("\n") == 1
    assert text.endswith("\n")
    assert "Traceback" not in text
    return text.removeprefix("swarmwire: ").rstrip()


def nested(depth: int) -> bytes:
    return b'{"Name":"x","TaskTemplate":' + b"[" * depth + b"]" * depth + b"}"


GARBAGE = b"\x80" + random.Random(7).randbytes(3000)

TABLE = {
    "not-json": (b"hello\n", "not JSON: unexpected 'h' at line 1, column 1"),
    "yaml": (b"name: web\n", "is YAML, and JSON is wanted"),
    "truncated": (b'[{"Name":"web","TaskTemplate":{"ContainerSpec', "breaks off within object 1"),
    "truncated-list": (b'[{"Name":"web"},', "object 1: TaskTemplate.ContainerSpec: mismatched"),
    "garbage": (GARBAGE, "not JSON: unexpected byte 0x"),
    "zeros": (bytes(1000), "not JSON: unexpected byte 0x00"),
    "empty": (b"", "is empty"),
    "blank": (b"\n\n", "is empty"),
    "utf-16": ('{"Name":"web"}'.encode("utf-16"), "UTF-16"),
    "deep-lists": (b"[" * DEEP, "nested more than 10000 levels deep"),
    "deep-objects": (b'{"a":' * DEEP, "nested more than 10000 levels deep"),
    "deep-within": (nested(9000), "exceeded max depth"),
    "comma": (b'{"Name":"web",}', "invalid JSON"),
    "two-kinds-of-quotes": (b"{'Name':'web'}", "invalid JSON"),
}


@pytest.mark.parametrize("case", TABLE)
def test_garbled_json_ends_with_2_or_is_refused_with_1(run, tmp_path, case):
    data, reason = TABLE[case]
    file = tmp_path / "input.json"
    file.write_bytes(data)
    done = run("to-grpc", file)
    assert reason in sentence(done)
    assert done.returncode == (1 if case == "truncated-list" else 2)
    assert done.stdout == b""


@pytest.mark.parametrize("case", [case for case in TABLE if case != "truncated-list"])
def test_check_cannot_check_what_is_no_json(run, case):
    data, reason = TABLE[case]
    done = run("check", "-", input=data)
    assert reason in sentence(done)
    assert done.returncode == 2
    assert done.stdout == b""


def test_a_truncated_list_gives_what_came_before(run, service):
    done = run("to-grpc", "--format", "json", "-", input=b"[" + service + b"," + service + b",")
    assert sentence(done) == "<stdin>: breaks off within a list, after 2 objects"
    assert done.returncode == 2
    assert done.stdout.count(b"\n") == 2


@pytest.mark.parametrize("data", [GARBAGE, b"{}", b"\x0a\xff", b"\x0b" * DEEP])
def test_garbage_is_no_message(run, data):
    done = run("from-grpc", "-", input=data)
    assert done.returncode == 2
    assert "bytes that are not a Service message" in sentence(done)


@pytest.mark.parametrize(
    ("data", "path"),
    [
        (b'{"Name":3}', "Name"),
        (b'{"Labels":["a"]}', "Labels"),
        (b'{"TaskTemplate":{"ContainerSpec":{"Mounts":[{},{"Target":3}]}}}', "Mounts[1].Target"),
        (b'{"EndpointSpec":{"Ports":[{"TargetPort":4294967296}]}}', "Ports[0].TargetPort"),
        (
            b'{"ID":"x","Spec":{"Mode":{"Replicated":{"Replicas":-1}}}}',
            "Spec.Mode.Replicated.Replicas",
        ),
        (b"[]", None),
        (b"[[]]", ""),
        (b"3", ""),
    ],
)
def test_wrong_types_at_depth_are_refused_at_their_path(run, data, path):
    done = run("to-grpc", input=data)
    if path is None:
        assert (done.returncode, done.stderr) == (0, b"")
        return
    assert done.returncode == 1
    assert f"{path}: " in sentence(done) or not path


@pytest.mark.parametrize("command", COMMANDS)
def test_files_that_cannot_be_read(run, tmp_path, command):
    dangling = tmp_path / "dangling"
    dangling.symlink_to("nowhere")
    loop = tmp_path / "loop"
    loop.symlink_to("loop")
    for file, reason in (
        (tmp_path, "is a directory"),
        (dangling, "no such file or directory"),
        (loop, "too many levels of symbolic links"),
        (tmp_path / ("x" * 300), "file name too long"),
    ):
        done = run(command, file)
        assert sentence(done) == f"{file}: {reason}"
        assert done.returncode == 2


@pytest.mark.parametrize("command", ["check", "to-grpc"])
def test_a_file_without_permission(run, tmp_path, command):
    file = tmp_path / "secret"
    file.touch(mode=0)
    command = [*powerless_command(), *run.command, command, str(file)]
    done = subprocess.run(command, capture_output=True, check=False, timeout=60)
    assert done.returncode == 2
    assert sentence(done) == f"{file}: permission denied"


@pytest.mark.parametrize("shape", ["object", "string", "list"])
def test_fifty_megabytes_are_read(run, tmp_path, shape):
    size = 50 << 20
    file = tmp_path / "large"
    with file.open("wb") as stream:
        if shape == "string":
            stream.write(b'{"Name":"' + b"x" * size + b'"}')
        elif shape == "object":
            label = b'"k%d":"' + b"v" * 1000 + b'",'
            stream.write(b'{"Name":"x","Labels":{')
            stream.writelines(label % number for number in range(size // 1010))
            stream.write(b'"z":""}}')
        else:
            stream.write(b"[" + b'{"Name":3},' * (size // 11) + b"{}]")
    done = run("to-grpc", "--kind", "config", file)
    if shape == "list":
        assert done.returncode == 1
        assert "object 1: Name: " in sentence(done)
    else:
        assert done.returncode == 0, done.stderr
        assert len(done.stdout) > size * 0.9


def test_fifty_megabytes_of_garbage(run, tmp_path):
    file = tmp_path / "large"
    file.write_bytes(GARBAGE * 17_000)
    for command in COMMANDS:
        done = run(command, file)
        assert done.returncode == 2
        assert len(sentence(done)) < 300


def test_an_error_leaves_no_file_behind(run, tmp_path, spec):
    target = tmp_path / "out"
    done = run("to-grpc", "-o", target, input=spec + b"{}")
    assert done.returncode == 1
    assert list(tmp_path.iterdir()) == []
    target.write_text("old")
    target.chmod(0o640)
    run("to-grpc", "-o", target, input=spec + b"{}")
    assert target.read_text() == "old"
    assert run("to-grpc", "-o", target, "--keep-going", input=spec + b"{}").returncode == 1
    assert target.read_bytes()[2:].startswith(b"\x0a")
    assert stat.S_IMODE(target.stat().st_mode) == 0o640
    assert list(tmp_path.iterdir()) == [target]


def test_an_output_that_cannot_be_written(run, tmp_path, spec):
    done = run("to-grpc", "-o", tmp_path / "no" / "where", input=spec)
    assert sentence(done).endswith("where: no such file or directory")
    assert done.returncode == 2
    done = run("to-grpc", "-o", tmp_path, input=spec)
    assert sentence(done) == f"{tmp_path}: is a directory"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk(run, spec):
    assert sentence(run("to-grpc", "-o", "/dev/full", input=spec)) == (
        "/dev/full: no space left on device"
    )
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [*run.command, "to-grpc"], input=spec, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert done.returncode == 2
    assert "no space left on device" in sentence(done)


def test_an_output_that_is_no_regular_file_is_written_to(run, spec):
    assert run("to-grpc", "-o", "/dev/null", input=spec).returncode == 0
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)


def test_a_link_to_the_output_stays_a_link(run, tmp_path, spec):
    link = tmp_path / "link"
    link.symlink_to("target")
    assert run("to-grpc", "-o", link, input=spec).returncode == 0
    assert link.is_symlink()
    assert (tmp_path / "target").stat().st_size


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_a_closed_stream(run, spec, closed):
    line = f'exec "$@" {closed}'
    done = subprocess.run(
        ["sh", "-c", line, "sh", *run.command, "to-grpc"],
        input=None if "<" in closed else spec,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert b"is closed" in done.stderr
    assert b"Traceback" not in done.stderr


def test_secrets_are_not_in_errors(run):
    for data in (
        b'{"Name":"s","Data":"hunter2 is no base64"}',
        b'{"Name":"s","Data":[104,117,1110]}',
        b'{"Name":["hunter2"],"Data":"aHVudGVyMg=="}',
        b'{"Name":"s","Data":"hunter2',
    ):
        done = run("to-grpc", "--kind", "secret", input=data)
        assert done.returncode in (1, 2)
        assert "hunter2" not in sentence(done)
        assert "aHVudGVyMg" not in sentence(done)
        shown = run("check", "--kind", "secret", input=data)
        assert b"hunter2" not in shown.stdout + shown.stderr


def test_a_mistake_of_ours_is_one_line_too(run):
    code = (
        "import sys; from swarmwire.cli import __main__\n"
        "from swarmwire.cli.reading import sources\n"
        "def fail(*a, **k): raise ZeroDivisionError('hunter2')\n"
        "sources.elements = fail\n"
        "sys.argv = ['swarmwire', 'to-grpc', '-']\n"
        "__main__.main()"
    )
    done = subprocess.run([run.command[0], "-c", code], capture_output=True, check=False)
    assert done.returncode == 70
    assert sentence(done).startswith("internal error, please report it: ZeroDivisionError at ")
    assert b"hunter2" not in done.stderr


def test_without_click_the_command_says_what_to_install(run):
    code = (
        "import sys; sys.modules['click'] = None; from swarmwire.cli.__main__ import main; main()"
    )
    done = subprocess.run([run.command[0], "-c", code], capture_output=True, check=False)
    assert done.returncode == 2
    assert sentence(done) == "the command needs click: pip install 'swarmwire[cli]'"


@pytest.mark.parametrize(
    ("module", "arguments", "install"),
    [
        ("grpc", ["embedded"], "needs grpcio: pip install 'swarmwire[control]'"),
        ("grpc", ["serve"], "serving needs grpcio: pip install 'swarmwire[serve]'"),
        ("grpc", ["page"], "the page needs grpcio: pip install 'swarmwire[page]'"),
        ("yaml", ["policy", "test", "p", "s.yml", "--client", "c"], "'swarmwire[stack]'"),
        (
            "prometheus_client",
            ["serve", "--embedded", "--metrics", "tcp://127.0.0.1:0"],
            "--metrics needs prometheus-client: pip install 'swarmwire[serve]'",
        ),
    ],
)
def test_without_an_extra_a_command_says_what_to_install(run, tmp_path, module, arguments, install):
    (tmp_path / "p").write_text(POLICY, encoding="utf-8")
    (tmp_path / "s.yml").write_text("version: '3'\n", encoding="utf-8")
    code = (
        f"import sys; sys.modules[{module!r}] = None; sys.argv = ['swarmwire', *{arguments!r}]\n"
        "from swarmwire.cli.__main__ import main; main()"
    )
    command = [run.command[0], "-c", code]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, check=False, timeout=120)
    assert done.returncode == 2
    assert done.stderr.decode().splitlines()[-1].endswith(install)


POLICY = """\
version = 1
[clients.c]
uid = [1001]
write = ["services"]
read = ["services"]
stacks = ["shop"]
"""
