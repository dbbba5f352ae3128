"""The fuzz target of the gateway holds: on some odd requests, and on some that were found."""

import importlib.util
import random
from pathlib import Path

import pytest

FUZZ = Path(__file__).resolve().parents[2] / "fuzz"


def load():
    spec = importlib.util.spec_from_file_location("fuzz_gateway", FUZZ / "gateway_target.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


target = load()


@pytest.fixture(scope="module")
def fired_at():
    gateway = target.GatewayUnderFire()
    yield gateway
    gateway.close()


def test_odd_requests_are_answered_or_refused(fired_at):
    statuses = set()
    for seed in range(150):
        statuses.update(fired_at.run(target.odd_request(random.Random(seed))))
    assert {200, 400, 404} <= statuses  # it comes through to what is behind the door, too


def request(line, *lines, body=b""):
    return b"\r\n".join((line, b"Host: x", *lines, b"", body))


JSON = b"Content-Type: application/json"


@pytest.mark.parametrize(
    ("data", "statuses"),
    [
        (request(b"GET /_ping HTTP/2.0"), [505]),
        (request(b"GET //a%0d%0aX:%20y HTTP/1.1"), [301]),
        (request(b"POST /volumes/create HTTP/1.1", b"Content-Type: text/\xff"), [400]),
        (request(b"GET /_ping HTTP/1.1") * 30, [200] * 30),
        (request(b"GET /_ping HTTP/1.1") + b"\x16\x03\x01" + b"x" * 90 + b"\r\n\r\n", [400]),
        (
            request(
                *(b"POST /secrets/create HTTP/1.1", JSON, b"Transfer-Encoding: chunked"),
                body=b"2\r\n{}\r\nzz\r\n",
            ),
            [400],
        ),
        (
            request(
                *(b"POST /secrets/create HTTP/1.1", JSON, b"Content-Encoding: gzip"),
                b"Content-Length: 2",
                body=b"{}",
            ),
            [400],
        ),
        (request(b"GET /" + b"x" * (1 << 21) + b" HTTP/1.1"), [400]),
        (request(b"GET /_ping HTTP/1.1", b"X: " + b"y" * (1 << 21)), [400]),
        (request(b"GET /_ping HTTP/1.1", *[b"X: y"] * 5_000), [400]),
        (b"", []),
        (b"\r\n\r\n", []),
        (b"GET", []),
    ],
)
def test_what_is_answered_to(fired_at, data, statuses):
    assert fired_at.run(data, len(statuses)) == statuses


def test_a_broken_promise_is_noticed(fired_at, monkeypatch):
    with pytest.raises(target.BrokenPromise, match="no answer"):
        list(target.answered(b"HTTP/2.0 200 OK\r\n\r\n"))
    answer = b'HTTP/1.1 500 X\r\nContent-Length: 33\r\n\r\n{"message":"the gateway failed"}\n'
    with pytest.raises(target.BrokenPromise, match="an error of ours"):
        fired_at._judged(answer)
    fired_at.complaints.append("x")
    with pytest.raises(target.BrokenPromise, match="complained"):
        fired_at.run(b"")
    fired_at.complaints.clear()
