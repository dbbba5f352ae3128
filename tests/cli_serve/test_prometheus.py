"""Debian's Prometheus scrapes a gateway."""

import json
import re
import socket
import subprocess
import time
from urllib.error import URLError
from urllib.parse import quote
from urllib.request import urlopen

import pytest

from tests.cli_serve.running import asked
from tests.cli_serve.served import served

CONFIG = """
global: {scrape_interval: 1s, scrape_timeout: 1s}
scrape_configs:
  - job_name: swarmwire
    static_configs: [{targets: ["%s"]}]
"""


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


@pytest.fixture(scope="module")
def gateway(tmp_path_factory):
    """A gateway of a swarm in memory, and where its metrics are."""
    with served(
        tmp_path_factory.mktemp("gateway"), "--embedded", "--metrics", "tcp://127.0.0.1:0"
    ) as found:
        for line in found.process.stderr:
            if place := re.search(r"health and metrics at tcp://(127\.0\.0\.1:\d+)", line):
                yield found, place[1]
                return
        raise AssertionError("it does not say where its metrics are")


@pytest.fixture
def query(gateway, tmp_path):
    """What Prometheus knows: the values of a query."""
    (tmp_path / "prometheus.yml").write_text(CONFIG % gateway[1])
    address = f"127.0.0.1:{free_port()}"
    with subprocess.Popen(
        [
            *("prometheus", f"--config.file={tmp_path}/prometheus.yml"),
            *(f"--web.listen-address={address}", f"--storage.tsdb.path={tmp_path}/tsdb"),
        ],
        stderr=subprocess.DEVNULL,
    ) as process:

        def values(expression):
            try:
                with urlopen(f"http://{address}/api/v1/query?query={quote(expression)}") as answer:
                    found = json.load(answer)["data"]["result"]
            except URLError:
                assert process.poll() is None
                return []
            return [float(one["value"][1]) for one in found]

        yield values
        process.kill()


def test_prometheus_knows_what_the_gateway_counts(gateway, query):
    path = gateway[0].address.removeprefix("unix://")
    for _ in range(3):
        assert asked(path, "GET", "/v1.41/services")[0] == 200
    route = 'route="/services"'
    wanted = {
        "up": [1],
        f"swarmwire_requests_total{{{route}}}": [3],
        f"swarmwire_request_duration_seconds_count{{{route}}}": [3],
        f"histogram_quantile(0.9, swarmwire_request_duration_seconds_bucket{{{route}}}) > 0": None,
        'swarmwire_objects{kind="node"}': [3],
        "swarmwire_mirror_age_seconds": [0],
        "process_open_fds > 0": None,
    }
    end = time.monotonic() + 60
    while query(f"swarmwire_requests_total{{{route}}}") != [3]:
        assert time.monotonic() < end
        time.sleep(0.2)
    for expression, values in wanted.items():
        found = query(expression)
        assert len(found) == 1, expression
        assert values in (None, found)


def test_prometheus_has_nothing_to_say_against_the_names(gateway):
    with urlopen(f"http://{gateway[1]}/metrics") as answer:
        text = answer.read()
    command = ["promtool", "check", "metrics"]
    done = subprocess.run(command, input=text, capture_output=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
