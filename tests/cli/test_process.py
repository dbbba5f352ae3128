"""What only a process shows: memory, several cores, signals, closed pipes, the time to start."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest


@pytest.fixture(scope="session")
def streams(tmp_path_factory, service):
    folder = tmp_path_factory.mktemp("streams")
    for count in (2_000, 20_000):
        with (folder / str(count)).open("wb") as stream:
            stream.write(b"[" + service)
            stream.writelines(b",\n" + service for _ in range(count - 1))
            stream.write(b"]")
    return folder


_PEAK = (
    "import resource, subprocess, sys\n"
    "done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL)\n"
    "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)


def peak(*command: object) -> int:
    """The most memory that the command or one of its workers held, in KiB."""
    arguments = [sys.executable, "-c", _PEAK, *map(str, command)]
    done = subprocess.run(arguments, capture_output=True, check=True, timeout=300)
    code, memory = map(int, done.stdout.split())
    assert code == 0
    return memory


@pytest.mark.parametrize("jobs", [1, 2])
def test_memory_is_the_same_however_long_the_stream(run, streams, tmp_path, jobs):
    to_grpc = [*run.command, "to-grpc", "--jobs", jobs]
    small, large = (peak(*to_grpc, streams / count) for count in ("2000", "20000"))
    assert large - small < 6_000
    messages = tmp_path / "messages"
    subprocess.run([*run.command, "to-grpc", "-o", messages, streams / "20000"], check=True)
    short = tmp_path / "short"
    subprocess.run([*run.command, "to-grpc", "-o", short, streams / "2000"], check=True)
    back = [*run.command, "from-grpc", "--kind", "service-spec", "--delimited", "--jobs", jobs]
    small, large = peak(*back, short), peak(*back, messages)
    assert large - small < 6_000


def test_several_jobs_write_the_same_in_the_same_order(run, streams):
    numbered = b"\n".join(
        b'{"Name":"s%d","TaskTemplate":{"ContainerSpec":{"Image":"x"}},"Zzz%d":1}' % (n, n)
        for n in range(1500)
    )
    for command in (
        ["to-grpc"],
        ["to-grpc", "--format", "json"],
        ["check", "--format", "json"],
    ):
        one, two, all_ = (run(*command, "--jobs", jobs, "-", input=numbered) for jobs in (1, 3, 0))
        assert one.stdout == two.stdout == all_.stdout
        assert one.stderr == two.stderr == all_.stderr
        assert one.returncode == two.returncode == all_.returncode


def test_jobs_end_at_the_first_refused_object(run, spec):
    data = (spec + b"\n") * 700 + b"{}\n" + (spec + b"\n") * 700
    one, two = (run("to-grpc", "--jobs", jobs, "-", input=data) for jobs in (1, 2))
    assert one.returncode == two.returncode == 1
    assert b"<stdin>: object 701: TaskTemplate.ContainerSpec" in two.stderr
    assert (one.stdout, one.stderr) == (two.stdout, two.stderr)


@pytest.mark.parametrize("count", [0, 1, 3])
def test_jobs_have_nothing_against_few_objects(run, spec, count):
    outputs = {run("to-grpc", "--jobs", n, "-", input=b"[]" + spec * count).stdout for n in (1, 2)}
    assert len(outputs) == 1


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_closed_pipe_is_a_quiet_end(run, streams, jobs):
    with subprocess.Popen(
        [*run.command, "to-grpc", "--jobs", str(jobs), "--format", "json", str(streams / "20000")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.read(100)
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 141


def feed(process: subprocess.Popen[bytes], service: bytes) -> Iterator[None]:
    assert process.stdin is not None
    while True:
        yield
        try:
            process.stdin.write(service + b"\n")
            process.stdin.flush()
        except OSError:
            return


@pytest.mark.parametrize("jobs", [1, 2])
def test_ctrl_c_ends_with_130_and_without_a_traceback(run, service, tmp_path, jobs):
    target = tmp_path / "out"
    command = [*run.command, "to-grpc", "--jobs", str(jobs), "-o", str(target)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdin is not None
        feeder = threading.Thread(target=lambda: list(feed(process, service)), daemon=True)
        feeder.start()
        until = time.monotonic() + 20
        while not list(tmp_path.iterdir()) and time.monotonic() < until:
            time.sleep(0.05)
        time.sleep(0.5)
        os.killpg(process.pid, signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr is not None
        assert process.stderr.read().strip() == b""
        feeder.join(10)
        with suppress(BrokenPipeError):
            process.stdin.close()
    assert list(tmp_path.iterdir()) == []


def test_objects_leave_as_soon_as_they_are_converted(run, spec):
    with subprocess.Popen(
        [*run.command, "to-grpc", "--format", "json", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for _ in range(3):
            process.stdin.write(spec + b"\n")
            process.stdin.flush()
            assert process.stdout.readline().startswith(b'{"annotations"')
        process.stdin.close()


def test_help_needs_click_alone(run):
    code = (
        "import sys; sys.argv = ['swarmwire', '--help']\n"
        "from swarmwire.cli.__main__ import main\n"
        "try: main()\n"
        "finally:\n"
        "    heavy = {'msgspec', 'google', 'rich', 'swarmwire.convert'}\n"
        "    print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([run.command[0], "-c", code], capture_output=True, check=True)
    assert done.stdout.splitlines()[-1] == b"[]"


def on_terminal(command: list[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    pty = pytest.importorskip("pty")
    main, terminal = pty.openpty()
    try:
        done = subprocess.run(
            command, stdin=terminal, stdout=terminal, stderr=subprocess.PIPE, check=False, **options
        )
        os.close(terminal)
        shown = b""
        with suppress(OSError):
            while chunk := os.read(main, 4096):
                shown += chunk
    finally:
        os.close(main)
    return subprocess.CompletedProcess(command, done.returncode, shown, done.stderr)


def test_colour_is_for_terminals_that_want_it(run, examples):
    command = [*run.command, "check", str(examples / "typo-service.json")]
    plain = {name: value for name, value in os.environ.items() if name != "NO_COLOR"}
    assert b"\x1b[35m" in on_terminal(command, env=plain).stdout
    assert b"\x1b" not in on_terminal(command, env=plain | {"NO_COLOR": "1"}).stdout
    assert b"\x1b" not in run(*command[3:]).stdout


@pytest.mark.parametrize("words", [["policy", "explain"], ["completion", "bash"], ["--help"]])
def test_any_command_ends_quietly_when_nobody_reads_it(run, words):
    command = [*run.command, *words]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 141


def test_what_the_output_cannot_encode_is_spelled_out(run, examples, tmp_path):
    text = (examples / "shop_web.json").read_text(encoding="utf-8")
    file = tmp_path / "there.json"
    file.write_text(text.replace("Europe/Berlin", "東"), encoding="utf-8")
    variables = os.environ | {"PYTHONIOENCODING": "latin-1"}
    done = run("plan", file, examples / "shop_web.json", env=variables)
    assert (done.returncode, done.stderr) == (3, b"")
    assert b"\\u6771" in done.stdout


@pytest.mark.parametrize("command", ["plan", "export", "upgrade", "page"])
def test_what_the_system_refuses_is_told_with_the_file(run, command):
    name = "a" * 300
    words = {"plan": [name, name], "upgrade": ["--from", "20.10", "--to", "28.5", name]}
    done = run(command, *words.get(command, [name]))
    assert done.returncode in (1, 2)
    message = done.stderr.decode()
    assert name in message
    assert message.endswith(": file name too long\n")


def test_a_terminal_is_neither_read_by_mistake_nor_sent_binary(run, examples):
    done = on_terminal([*run.command, "check"])
    assert done.returncode == 2
    assert b"nothing to read" in done.stderr
    done = on_terminal([*run.command, "to-grpc", str(examples / "web-service.json")])
    assert done.returncode == 2
    assert b"a terminal cannot show binary messages" in done.stderr


def test_a_bar_appears_on_a_terminal_only(run, spec):
    pty = pytest.importorskip("pty")
    main, terminal = pty.openpty()
    with subprocess.Popen(
        [*run.command, "to-grpc", "--format", "json", "-"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=terminal,
        env=os.environ | {"TERM": "xterm", "COLUMNS": "80"},
    ) as process:
        os.close(terminal)
        assert process.stdin is not None
        for _ in range(12):
            process.stdin.write(spec + b'\n{"Zzz":1,' + spec[1:] + b"\n")
            process.stdin.flush()
            time.sleep(0.4)
        output, _ = process.communicate(timeout=30)
    seen = b""
    try:
        while chunk := os.read(main, 4096):
            seen += chunk
    except OSError:
        pass
    finally:
        os.close(main)
    assert process.returncode == 0
    assert b" objects" in seen
    assert b"Zzz: unknown key" in seen
    assert b"\x1b" not in output


def terminal_env(columns: int) -> dict[str, str]:
    return os.environ | {"TERM": "xterm", "COLUMNS": str(columns), "NO_COLOR": "1"}


def test_a_report_wraps_at_the_width_of_the_terminal(run, examples):
    command = [*run.command, "check", str(examples / "typo-service.json")]
    shown = {
        columns: on_terminal(command, env=terminal_env(columns)).stdout.decode()
        for columns in (60, 200)
    }
    lines = [line for line in shown[60].splitlines() if str(examples) not in line]
    assert all(len(line) <= 60 for line in lines if not line.startswith("  lost "))  # a long path
    assert max(map(len, shown[200].splitlines())) > 60
    piped = run(*command[len(run.command) :]).stdout.decode()
    assert "fix: did you mean MaxAttempts?" in piped
    assert " ".join(shown[60].split()) == " ".join(piped.split())


def test_a_bar_appears_though_the_report_goes_to_the_same_terminal(run, spec):
    pty = pytest.importorskip("pty")
    main, terminal = pty.openpty()
    with subprocess.Popen(
        [*run.command, "check", "--fail-on", "never", "-"],
        stdin=subprocess.PIPE,
        stdout=terminal,
        stderr=terminal,
        env=terminal_env(80),
    ) as process:
        os.close(terminal)
        assert process.stdin is not None
        for number in range(12):
            process.stdin.write(spec + b'\n{"Zzz%d":1,' % number + spec[1:] + b"\n")
            process.stdin.flush()
            time.sleep(0.4)
        process.stdin.close()
        process.wait(30)
    seen = b""
    try:
        while chunk := os.read(main, 4096):
            seen += chunk
    except OSError:
        pass
    finally:
        os.close(main)
    assert process.returncode == 0
    assert b" objects" in seen
    bare = seen.replace(b"\r\n", b"\n")
    for number in range(12):
        assert b"lost     Zzz%d  line" % number in bare
    assert b"24 objects checked, 12 clean" in bare
    last = bare.rpartition(b"24 objects checked")[2]
    assert b"\xe2\x94\x81" not in last  # the bar is gone at the end
