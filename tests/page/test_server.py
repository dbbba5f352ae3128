"""Who may ask for the page, and what goes with every answer."""

import http.client
from urllib.parse import urlsplit

import pytest

from swarmwire.gateway.listeners import ListenerError
from swarmwire.page import ObservedSwarm
from swarmwire.page.server import page_served
from swarmwire.page.site import Site


def ask(shown, method="GET", path="/", body=None, **headers):
    parts = urlsplit(shown.url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, body, given)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer, text


@pytest.mark.parametrize("path", ["/", "/why", "/plan", "/static/page.js", "/nothing"])
def test_nothing_comes_from_elsewhere(shown, path):
    answer, text = ask(shown, path=path)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    for word in ("http://", "https://", "style=", "<script>", "onclick"):
        assert word not in text


@pytest.mark.parametrize("host", ["swarm.example", "evil.test:80", "", "127.0.0.1"])
def test_another_name_is_refused(shown, host):
    answer, text = ask(shown, Host=host)
    assert answer.status == 421
    assert "node-1" not in text


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_its_own_names_are_answered(shown, name):
    answer, _ = ask(shown, Host=f"{name}:{urlsplit(shown.url).port}")
    assert answer.status == 200


@pytest.mark.parametrize("origin", ["http://evil.test", "null", ""])
def test_others_plan_nothing(shown, origin):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    answer, _ = ask(shown, "POST", "/plan", "text=x", Origin=origin, **form)
    assert answer.status == 403


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "POST"])
@pytest.mark.parametrize("path", ["/", "/service/shop_web"])
def test_it_writes_nothing(shown, method, path):
    version = shown.swarm.store.version
    answer, _ = ask(shown, method, path, "x", Origin=shown.url.rstrip("/"))
    assert answer.status == 405
    assert shown.swarm.store.version == version


def test_a_text_that_is_too_large_is_refused(shown):
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    body = f"text={'x' * 1_200_000}"
    answer, text = ask(shown, "POST", "/plan", body, Origin=shown.url.rstrip("/"), **form)
    assert answer.status == 413
    assert "1 MiB" in text


def test_beyond_this_machine_it_does_not_listen(shown):
    async def listening():
        async with page_served(Site(ObservedSwarm()), "tcp://0.0.0.0:0"):
            pass

    with pytest.raises(ListenerError, match="loopback"):
        shown.do(listening())
