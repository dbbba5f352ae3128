"""Every read of a real engine's swarm is answered by the gateway just as by the engine itself.

What differs, and why:
- the engine has networks of its own beside the swarm's, and of the ingress network a copy of its
  own with another time;
- services that are looked for by several names come in no order;
- the words of 20.10 for filters that are malformed are those of Go's own reader.
"""

import asyncio
import json
from functools import partial
from urllib.parse import quote

import pytest

from swarmwire.control import connect
from swarmwire.gateway import Gateway
from tests.gateway.asking import Client
from tests.support.dockerd import UnixConnection

pytestmark = pytest.mark.engine


def filtered(path, **filters):
    named = {key.strip("_").replace("_", "-"): value for key, value in filters.items()}
    return f"{path}?filters={quote(json.dumps(named))}"


UP_TO_DATE = "_up-to-date"

LISTS = (
    *("/services", "/services?status=true", "/tasks", "/nodes", "/secrets", "/configs", "/swarm"),
    *("/swarm/unlockkey", "/volumes"),
    *("/networks/host?scope=swarm", "/networks/bridge?scope=swarm"),
    filtered("/services", name=["we"]),
    filtered("/services", name=["WE"]),
    filtered("/services", label=["l"]),
    filtered("/services", label=["l=1"]),
    filtered("/services", label=["l=2"]),
    filtered("/services", mode=["global"]),
    filtered("/services", mode=["replicated-job"]),
    filtered("/services", mode=["x"]),
    filtered("/services", runtime=["plugin"]),
    filtered("/services", name=["web"], id=["x"]),
    *(
        filtered(path, **filters)
        for path in ("/secrets", "/configs")
        for filters in (
            {"name": ["s"]},
            {"name": ["S"]},
            {"id": ["zz"], "name": ["s1"]},
            {"label": ["a=b"]},
        )
    ),
    filtered("/secrets", names=["s1"]),
    filtered("/secrets", names=["S1"]),
    filtered("/nodes", role=["manager"]),
    filtered("/nodes", role=["bad"]),
    filtered("/nodes", membership=["accepted"]),
    filtered("/nodes", label=["x"]),
    filtered("/tasks", node=["nope"]),
    filtered("/tasks", service=["nope"]),
    filtered("/tasks", desired_state=["bogus"]),
    filtered("/tasks", desired_state=["RUNNING", "shutdown"]),
    filtered("/tasks", name=["web."]),
    filtered("/tasks", label=["l=1"]),
    filtered("/tasks", runtime=["attachment"]),
    filtered("/networks", driver=["overlay"], scope=["swarm"], name=["net1"]),
    filtered("/networks", scope=["swarm"], name=["net"]),
    filtered("/networks", scope=["swarm"], name=["^net1$"]),
    filtered("/networks", scope=["swarm"], label=["q"]),
    filtered("/networks", type=["bad"]),
    filtered("/networks", dangling=["x"]),
)

REFUSED = (
    *("/services/nope", "/tasks/nope", "/nodes/nope", "/secrets/nope", "/configs/nope"),
    *("/networks/nope", "/services/create", "/services/", "/nope", "/nodes/self"),
    "/services/%E2%80%A8%08",
    *("/services?status=bogus", "/services/web?insertDefaults=x", "/services?filters=%zz"),
    *("/services?filters=a;b", "/events?since=abc", "/events?since=20&until=10"),
    *("/services/web/logs", "/services/nope/logs?stdout=1", "/services/web/logs?stdout=1&tail=x"),
    *("/services/web/logs?stdout=1&tail=-1", "/services/web/logs?stdout=1&since=abc"),
    *("/services/nope/logs?stdout=1&since=abc", "/services/web/logs?stdout=1&tail=x&since=abc"),
    *(f"/services/web/logs?stdout=1&since={at}" for at in ("1.", "1.5.5", "1.x", 2**63 - 1)),
    *("/events?since=99999999999999999999", "/events?until=1.", "/events?since=1e3"),
    *(f"/services/web/logs?stdout=1&tail={lines}" for lines in ("+x", -(2**63), 2**63)),
    *("/services?a=%zz&b;c", "/services?%4=x"),
    "/secrets/%zz",
)

FILTERED = ("/services", "/tasks", "/nodes", "/secrets", "/configs", "/networks", "/volumes")
ENDED = "/events?since=1&until=2"
ODD_FILTERS = (
    *('{"bogus":["x"]}', '{"Name":["x"]}', '{"":["x"]}', '{"names":null}', '{"<&>\u2028é":[]}'),
    *("null", " {} ", '{"name":[null]}', '{"name":["web"],"name":["glob"]}', '{"id":{}}'),
    *('{"name":["\\ud800"]}', '{"n\\ud800":["x"]}', '{"name":{"net1":false,"we":null}}'),
    *('{"mode":{"global":false}}', '{"driver":{"overlay":false}}', '{"label":{"l":false}}'),
    *('{"dangling":[]}', '{"dangling":["x"]}', '{"dangling":{"true":false}}', '{"driver":["x"]}'),
    *('{"dangling":["0"]}', '{"type":[]}', '{"type":["custom"]}', '{"type":{"custom":false}}'),
    '{"a\\bx":[]}',
    *('{"role":["x"]}', '{"desired-state":["\\u2028x"]}', '{"label":["l=1=2","=1"]}'),
)
MALFORMED_FILTERS = (
    *("{", "[]", "{}x", '{"name":"x"}', '{"name":[1]}', '{"name":{"a":1}}', '{"name":[NaN]}'),
    *('{"name":["a"],"id":{"b":true}}', '{"name":["a"],"name":{"a":true}}'),
)


def of_objects(daemon):
    """The paths of each object, by its id, its name and the beginning of its id."""
    for service in daemon.get("/services").json:
        id_, name = service["ID"], service["Spec"]["Name"]
        yield from (f"/services/{id_}", f"/services/{name}", f"/services/{id_[:8]}")
        yield f"/services/{id_}?insertDefaults=true"
        yield filtered("/tasks", service=[id_])
        yield f"/tasks?filters={quote(json.dumps({'service': [name], UP_TO_DATE: ['1']}))}"
        yield filtered("/tasks", service=[id_], desired_state=["running"])
    for kind in ("tasks", "nodes", "secrets", "configs"):
        for one in daemon.get(f"/{kind}").json:
            yield from (f"/{kind}/{one['ID']}", f"/{kind}/{one['ID'][:10]}")
            yield filtered(f"/{kind}", id=[one["ID"][:3]])
    for network in daemon.get("/networks").json:
        if network["Scope"] == "swarm" and not network["Ingress"]:
            yield from (f"/networks/{network[key]}" for key in ("Id", "Name"))
            yield f"/networks/{network['Id'][:9]}"


async def test_reads_are_those_of_the_engine(populated):
    paths = [*LISTS, *REFUSED, *of_objects(populated)]
    gateway = Gateway(
        partial(connect, populated.control_socket, secrets=True), release=populated.release
    )
    async with gateway.running():
        client = Client(gateway, version=populated.api_version)
        different = [path for path in paths if not await is_same(client, populated, path)]
    assert different == []


@pytest.mark.parametrize("version", ["1.24", "1.40"])
async def test_old_clients_read_what_the_engine_shows_them(populated, version):
    gateway = Gateway(
        partial(connect, populated.control_socket, secrets=True), release=populated.release
    )
    async with gateway.running():
        client = Client(gateway, version=version)
        paths = [*LISTS, *REFUSED, *of_objects(populated)]
        different = [path for path in paths if not await is_same(client, populated, path)]
    assert different == []


async def test_filters_are_read_as_by_the_engine(populated):
    gateway = Gateway(
        partial(connect, populated.control_socket, secrets=True), release=populated.release
    )
    paths = [f"{path}?filters={quote(text)}" for path in FILTERED for text in ODD_FILTERS]
    async with gateway.running():
        client = Client(gateway, version=populated.api_version)
        different = [path for path in paths if not await is_same(client, populated, path)]
        for text in MALFORMED_FILTERS:
            for path in (*(f"{path}?" for path in FILTERED), f"{ENDED}&"):
                target = f"{path}filters={quote(text)}"
                theirs, ours = populated.request("GET", target), await client.get(target)
                words = populated.release.has("23.0")  # those of 20.10 are Go's
                if theirs.status != ours.status or (words and theirs.body != ours.body):
                    different.append(target)
    assert different == []


HEADERS = (
    *("Api-Version", "Ostype", "Docker-Experimental", "Content-Type", "X-Content-Type-Options"),
    *("Builder-Version", "Swarm", "Cache-Control", "Pragma", "Location"),
)
"""What clients read, or could."""


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("GET", "/_ping"), ("HEAD", "/_ping")),
        *(("GET", "/services"), ("GET", "/services/nope"), ("GET", "/nope"), ("GET", "//nope")),
        *(("GET", f"/v1.23{path}") for path in ("/services", "/services/nope", "/nope", "/_ping")),
        *(("GET", "/v1.11/services"), ("GET", "/v1.60/services"), ("GET", "/v1..41/services")),
        *(("OPTIONS", "/"), ("OPTIONS", "/v1.40/services"), ("OPTIONS", "/v1.11/nope")),
        ("POST", "/v1.23/services"),
    ],
)
async def test_headers_are_those_of_the_engine(populated, method, path):
    gateway = Gateway(
        partial(connect, populated.control_socket, secrets=True), release=populated.release
    )
    async with gateway.running():
        ours = await Client(gateway).raw(method, path)
    status, theirs, body = exchanged_with(populated, method, path)
    assert (ours.status, ours.body) == (status, body)
    assert {name: ours.headers.get(name) for name in HEADERS} == {
        name: theirs.get(name) for name in HEADERS
    }


def exchanged_with(daemon, method, path):
    """The status, the headers and the body of an engine's answer."""
    connection = UnixConnection(daemon.socket)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


async def is_same(client, daemon, path):
    """Whether both answer alike; a task may change between the two, so it is asked again."""
    for _ in range(5):
        theirs = daemon.asked("GET", f"/v{client.version}{path}")
        ours = await client.get(path)
        if (ours.status, of_swarm(ours)) == (theirs.status, of_swarm(theirs)):
            return True
        await asyncio.sleep(0.3)
    return False


def of_swarm(answer):
    """The body; of a list of networks those that each node of the swarm shows alike."""
    if answer.status != 200 or not answer.body.startswith(b'[{"Name":'):
        return answer.body
    return [one for one in answer.json if one["Scope"] == "swarm" and not one["Ingress"]] or b"[]\n"


async def test_lists_of_networks_have_those_of_the_swarm(populated):
    gateway = Gateway(
        partial(connect, populated.control_socket, secrets=True), release=populated.release
    )
    theirs = [one for one in populated.get("/networks").json if one["Scope"] == "swarm"]
    async with gateway.running():
        ours = (await Client(gateway, version=populated.api_version).get("/networks")).json
    assert [list(one) for one in ours] == [list(one) for one in theirs]
    assert ours == theirs


async def test_its_word_about_the_swarm_is_that_of_the_engine(populated):
    gateway = Gateway(
        partial(connect, populated.control_socket, secrets=True), release=populated.release
    )
    async with gateway.running():
        client = Client(gateway, version=populated.api_version)
        ours = (await client.get("/info")).json["Swarm"]
    theirs = populated.get("/info").json["Swarm"]
    assert json.dumps(ours) == json.dumps(theirs)
