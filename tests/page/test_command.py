"""``swarmwire page`` over what it can show."""

import contextlib
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

from tests.page.waiting import until

SAMPLE = Path(__file__).parents[1] / "raftstore" / "samples" / "02-rich-2010.tar.xz"
SWARMWIRE = [sys.executable, "-m", "swarmwire.cli"]


@contextlib.contextmanager
def page(*options):
    """The command, running, and the first line that it prints."""
    command = [*SWARMWIRE, "page", "--listen", "tcp://127.0.0.1:0", *map(str, options)]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        try:
            url = process.stdout.readline().strip()
            assert url.startswith("http://127.0.0.1:"), process.stderr.read()
            yield process, url
        finally:
            process.kill()


def refused(*options):
    done = subprocess.run(
        [*SWARMWIRE, "page", *options], capture_output=True, text=True, check=False, timeout=60
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stderr


def test_an_embedded_swarm_that_other_commands_write_to(tab, tmp_path):
    with page("--embedded", "--nodes", "4", "--speed", "20") as (process, url):
        name, _, place = process.stdout.readline().strip().partition("=")
        assert name == "SWARMWIRE_SOCKET"
        assert Path(place).is_socket()
        tab.goto(url)
        assert tab.locator(".n").count() == 4
        with page("--socket", place) as (_, second):
            answer = urllib.request.urlopen(second, timeout=20)
            assert answer.read().decode().count('class="n"') == 4
        process.send_signal(signal.SIGTERM)
        assert process.wait(30) == 0
        until(tab, "!document.getElementById('lost').hidden")


def test_a_dead_managers_folder(tab):
    with page(SAMPLE) as (_, url):
        tab.goto(url)
        assert "recovered from" in tab.locator(".origin").inner_text()
        assert tab.locator("a.t").count() > 0
        name = tab.locator(".gn").first.inner_text()
        tab.locator(".gn").first.click()
        assert tab.locator("h1").inner_text() == name
        assert tab.locator("#spec").is_visible()
        assert tab.evaluate("document.body.dataset.live") == ""


def test_a_bundle_tells_what_is_missing(tab, tmp_path):
    target = tmp_path / "bundle"
    subprocess.run(
        [*SWARMWIRE, "recover", str(SAMPLE), "-o", str(target)], check=True, capture_output=True
    )
    with page(target) as (_, url):
        tab.goto(url)
        assert "A bundle holds no tasks" in tab.locator(".missing").inner_text()
        tab.locator("#n-idle a").first.click()
        assert tab.locator("#spec .spec").is_visible()


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (
            ["--listen", "tcp://0.0.0.0:0", str(SAMPLE)],
            2,
            "0.0.0.0:0: the page is for this machine",
        ),
        (["--listen", "unix:///tmp/page.sock", str(SAMPLE)], 2, "expected tcp://host:port"),
        (["--listen", "nonsense", str(SAMPLE)], 2, "tcp://host:port"),
        (["/nonexistent"], 2, "/nonexistent"),
        (["--socket", "/nonexistent"], 2, "/nonexistent"),
        (["--embedded", "--nodes", "1", "--managers", "2"], 2, "--managers"),
        (["--embedded", "folder"], 2, "--embedded"),
    ],
)
def test_what_cannot_be_shown_is_said(options, code, said):
    found, text = refused(*options)
    assert found == code
    assert said in text
