"""Paths, versions and errors, as an engine's router has them."""

import json
import logging

import pytest

from swarmwire.gateway import Request
from tests.gateway.asking import Client, gateway_of, spec


async def test_ping_tells_what_clients_negotiate_by(client):
    for method in ("GET", "HEAD"):
        answer = await client.raw(method, "/_ping")
        assert answer.status == 200
        assert answer.headers["Api-Version"] == "1.56"
        assert answer.headers["Ostype"] == "linux"
        assert answer.headers["Docker-Experimental"] == "false"
        assert answer.headers["Swarm"] == "active/manager"
        assert answer.body == (b"OK" if method == "GET" else b"")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/nope"),
        ("PUT", "/services"),
        ("HEAD", "/services"),
        ("GET", "/services/"),
        ("GET", "/services/a%2Fb"),
        ("GET", "/vx/services"),
        ("GET", "/containers/json"),
        ("GET", "/v1.51/images/json"),
    ],
)
async def test_what_is_not_swarm_is_not_there(client, method, path):
    answer = await client.raw(method, path)
    assert tuple(answer) == (404, "page not found")
    assert "Api-Version" not in answer.headers


@pytest.mark.parametrize(
    ("path", "text"),
    [
        (
            "/v1.57/services",
            "client version 1.57 is too new. Maximum supported API version is 1.56",
        ),
        ("/v2/_ping", "client version 2 is too new. Maximum supported API version is 1.56"),
        ("/v1.29/configs", "GET /configs requires minimum API version 1.30"),
        ("/v1.24/secrets/x", "GET /secrets/{id} requires minimum API version 1.25"),
    ],
)
async def test_versions_that_are_not_served(client, path, text):
    answer = await client.raw("GET", path)
    assert tuple(answer) == (400, text)
    assert answer.headers["Api-Version"] == "1.56"
    assert "Docker-Experimental" not in answer.headers


async def test_clients_older_than_json_errors_are_told_in_plain_text(client):
    answer = await client.raw("GET", "/v1.23/services")
    assert answer.status == 400
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.body == (
        b"client version 1.23 is too old. Minimum supported API version is 1.24, please upgrade"
        b" your client to a newer version\n"
    )


async def test_some_releases_tell_old_clients_in_json(manager):
    async with gateway_of(manager, release="26.1") as gateway:
        answer = await Client(gateway).raw("GET", "/v1.23/services")
    assert answer.message.startswith("client version 1.23 is too old")


@pytest.mark.parametrize("version", ["1.24", "1.041", "1.41.0", "1.56", ""])
async def test_versions_that_are_served(client, version):
    client.version = version
    assert (await client.get("/services")).body == b"[]\n"


async def test_odd_paths_are_cleaned(client):
    answer = await client.raw("GET", "//services")
    assert (answer.status, answer.headers["Location"]) == (301, "/services")


@pytest.mark.parametrize(
    ("target", "location"),
    [
        ("//a%0d%0aX:%20y/b?x=1", "/a%0D%0AX:%20y/b?x=1"),
        ("//a%C3%A4%ff", "/a%C3%A4%FF"),
        ("/a/../b?y=%zz", "/b?y=%zz"),
        ("//a%3Fb", "/a%3Fb"),
        ("/a/../v1.41/../x%2Fy", "/x/y"),
    ],
)
async def test_where_an_odd_path_leads_as_engines_write_it(client, target, location):
    answer = await client.raw("GET", target)
    assert (answer.status, answer.headers["Location"]) == (301, location)


async def test_an_encoded_step_is_decoded(client):
    await client.post("/services/create", spec("up1"))
    assert (await client.get("/services/up%31")).json["Spec"]["Name"] == "up1"


async def test_options_is_answered_everywhere(client):
    answer = await client.raw("OPTIONS", "/anything")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["Api-Version"] == "1.56"


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        ({}, b"{}", "malformed Content-Type header (): mime: no media type"),
        (
            {"content_type": "text/plain"},
            b"{}",
            "unsupported Content-Type header (text/plain): must be 'application/json'",
        ),
        (
            {"content_type": "foo;;;bar"},
            b"{}",
            "malformed Content-Type header (foo;;;bar): mime: invalid media parameter",
        ),
        (
            {"content_type": "application/json"},
            b"  ",
            "invalid JSON: got EOF while reading request body",
        ),
        ({"content_type": "application/json"}, b"{} x", "unexpected content after JSON"),
        ({}, b"", "mismatched Runtime and *Spec fields"),
    ],
)
async def test_bodies_that_are_refused(client, headers, body, text):
    answer = await client.raw("POST", "/services/create", body, **headers)
    assert tuple(answer) == (400, text)


async def test_media_types_may_have_parameters_and_capitals(client):
    for number, given in enumerate(("APPLICATION/JSON", "application/json; charset=utf-8")):
        body = b'{"Name":"s%d","Data":"YQ=="}' % number
        answer = await client.raw("POST", "/secrets/create", body, content_type=given)
        assert answer.status == 201


async def test_a_failure_of_ours_tells_nothing_of_what_was_sent(client, caplog, monkeypatch):
    class Broken:
        async def list_clusters(self, _):
            raise ValueError("secret-value")

    monkeypatch.setattr(client.gateway, "_control", Broken())
    with caplog.at_level(logging.DEBUG):
        answer = await client.get("/swarm?Data=secret-value")
    assert answer.status == 500
    assert b"secret-value" not in answer.body
    assert "GET /swarm failed: ValueError" in caplog.text
    assert "secret-value" not in caplog.text


def test_a_request_shows_nothing_of_itself():
    request = Request("POST", "/secrets/create", "Data=abc", {"x-registry-auth": "abc"}, b"abc")
    assert "abc" not in repr(request)


async def test_once_it_runs_no_more_it_says_so(manager):
    async with gateway_of(manager) as gateway:
        pass
    assert (await Client(gateway).get("/services")).status == 503


@pytest.mark.parametrize(
    ("version", "query"),
    [("28.5.2", "since=0&until=0"), ("28.5.2", "since=-1&until=0"), ("29", "until=-1")],
)
async def test_an_end_before_1970_ends_no_events(manager, version, query):
    async with gateway_of(manager, release=version) as gateway:
        client = Client(gateway, version="1.51")
        await client.post("/services/create", spec("web"))
        answer = await client.get(f"/events?{query}")
        told = [json.loads(each) async for each in answer.response.stream]
    assert [event["Actor"]["Attributes"]["name"] for event in told] == ["web"]
