"""Logs of a manager in memory: which lines, and where they go."""

import pytest
from click import BadParameter

from swarmwire import control, pb
from swarmwire.cli.times import parse_since

NOW = 1_763_800_000.0


def line(task, number, stream="STDOUT", text=None, node="n"):
    message = pb.LogMessage(data=(text or f"{stream.lower()} {number}\n").encode())
    message.context.service_id = task.service_id
    message.context.task_id = task.id
    message.context.node_id = node
    message.stream = pb.LogStream.Value(f"LOG_STREAM_{stream}")
    message.timestamp.seconds = number
    message.timestamp.nanos = 5
    return message


@pytest.fixture
def written(fake, web):
    first, second, _ = web.tasks
    fake.log(line(first, 1), line(first, 2, "STDERR"), line(second, 3, node=web.node.id))
    return web


def test_each_line_says_who_wrote_it(invoke, written):
    done = invoke("logs", "web")
    assert done.text == "web.1.t1@n | stdout 1\nweb.2.t2@manager | stdout 3\n"
    assert done.stderr == "web.1.t1@n | stderr 2\n"


def test_one_stream(invoke, written):
    assert invoke("logs", "web", "--stderr").text == ""
    assert invoke("logs", "web", "--stdout").stderr == ""
    both = invoke("logs", "web", "--stdout", "--stderr")
    assert (both.text.count("\n"), both.stderr.count("\n")) == (2, 1)


def test_bare_lines_with_times(invoke, written):
    done = invoke("logs", "t1", "--no-prefix", "--timestamps", "--stdout")
    assert done.text == "1970-01-01T00:00:01.000000005Z stdout 1\n"


def test_the_last_lines_of_one_stream_are_counted_here(invoke, fake, written, monkeypatch):
    asked = []
    whole = type(fake).stream

    def stream(self, method, request):
        asked.append(request)
        return whole(self, method, request)

    monkeypatch.setattr(type(fake), "stream", stream)
    assert invoke("logs", "web", "--stdout", "--tail", "1").text.count("\n") == 2
    invoke("logs", "web", "--tail", "1")
    first, second = asked
    assert (first.options.tail, second.options.tail) == (0, -2)
    for request in asked:
        assert request.HasField("options")
        assert not request.selector.node_ids


def test_no_lines_at_all(invoke, written):
    assert invoke("logs", "web", "--tail", "0").output == b""
    assert invoke("logs", "web", "--tail", "0", "--stdout").output == b""


def test_a_line_that_does_not_end_is_ended(invoke, fake, web):
    fake.log(line(web.tasks[0], 1, text="half"))
    assert invoke("logs", "web").text == "web.1.t1@n | half\n"


def test_a_task_whose_record_is_gone_keeps_its_id(invoke, fake, web):
    gone = pb.Task(id="gone", service_id="web")
    fake.log(line(gone, 1))
    assert invoke("logs", "web").text == "web.gone@n | stdout 1\n"


def test_logs_of_which_a_part_is_missing_are_shown_as_far_as_they_go(
    invoke, fake, written, monkeypatch
):
    whole = type(fake).stream

    async def stream(self, method, request):
        async for answer in whole(self, method, request):
            yield answer
        raise control.ControlError("Unknown", "warning: incomplete log stream.")

    monkeypatch.setattr(type(fake), "stream", stream)
    done = invoke("logs", "web", "--stdout", "--tail", "1")
    assert (done.code, done.text.count("\n")) == (1, 2)
    assert "incomplete log stream" in done.stderr


def test_an_unknown_name(invoke, fake):
    done = invoke("logs", "cow")
    assert (done.code, done.stderr) == (1, "swarmwire: no service and no task is called cow\n")


def test_a_wrong_time(invoke, fake):
    with pytest.raises(BadParameter, match="neither a span"):
        invoke("logs", "web", "--since", "yesterday")


@pytest.mark.parametrize(
    ("text", "seconds", "nanos"),
    [
        ("90s", NOW - 90, 0),
        ("1h30m", NOW - 5400, 0),
        ("0.5s", NOW - 1, 500_000_000),
        ("2d", NOW - 172_800, 0),
        ("1700000000", 1_700_000_000, 0),
        ("1700000000.25", 1_700_000_000, 250_000_000),
        ("2026-11-22T09:15:21Z", 1_795_338_921, 0),
        ("2026-11-22T10:15:21.5+01:00", 1_795_338_921, 500_000_000),
    ],
)
def test_times(text, seconds, nanos):
    assert parse_since(text, NOW) == pb.Timestamp(seconds=int(seconds), nanos=nanos)
