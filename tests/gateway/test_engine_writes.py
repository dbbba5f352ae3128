"""Writes that nobody thought of: each engine and the gateway give the same answer.

Specs are put together by chance from those of the vectors, a few fields at a time, some of them
with values that no field should have. Requests that are odd in themselves stand in tables.
"""

import asyncio
import copy
import json
import random
import re
from contextlib import asynccontextmanager
from http.client import RemoteDisconnected
from pathlib import Path

import pytest

from swarmwire.control.testing import FakeManager
from tests.gateway.asking import Client, gateway_of
from tests.support.dockerd import Answer, Dockerd

VECTORS = Path(__file__).parents[1] / "vectors" / "convert.jsonl"

ROUNDS = 40
ODD: list[object] = [
    None,
    "",
    0,
    -1,
    1,
    True,
    False,
    [],
    {},
    "x",
    "a b",
    1.5,
    2**63,
    2**64,
    "{{.Bad",
    "../y",
]
KINDS = {
    "services": ("service_create_request", "service_spec_to_grpc"),
    "secrets": ("secret_spec_to_grpc",),
    "configs": ("config_spec_to_grpc",),
    "networks": ("network_create_to_grpc",),
}
# Engines look for plugins of such names for 15 seconds.
LOOKED_FOR = {("Driver",), ("Driver", "Name"), ("IPAM",), ("IPAM", "Driver")}


class Specs:
    """Specs of one kind, made by chance; the same for the same seed."""

    def __init__(self, kind, seed):
        self.kind = kind
        self.chance = random.Random(seed)
        self.values = {}
        for line in VECTORS.read_text(encoding="utf-8").splitlines():
            vector = json.loads(line)
            if vector["op"] in KINDS[kind]:
                self.collect((), vector["json"])

    def collect(self, path, value):
        if path and (self.kind == "services" or path not in LOOKED_FOR):
            self.values.setdefault(path, []).append(value)
        if isinstance(value, dict):
            for key, inner in value.items():
                self.collect((*path, key), inner)

    def made(self, base):
        """A copy of ``base`` with some other fields."""
        spec = copy.deepcopy(base)
        for _ in range(self.chance.choice([1, 1, 2, 3, 5])):
            path = self.chance.choice(list(self.values))
            held = spec
            for key in path[:-1]:
                if not isinstance(held.get(key), dict):
                    held[key] = {}
                held = held[key]
            is_odd = self.chance.random() < 0.25
            held[path[-1]] = self.chance.choice(ODD if is_odd else self.values[path])
        return spec


BASES = {
    "services": {"TaskTemplate": {"ContainerSpec": {"Image": "nginx:1"}}},
    "secrets": {"Data": "YQ=="},
    "configs": {"Data": "YQ=="},
    "networks": {"Driver": "overlay"},
}


def plain(answer):
    """An answer without what is another each time."""
    text = re.sub(r"\b[a-z0-9]{25}\b", "ID", answer.body.decode(errors="replace")).strip()
    text = re.sub(r"cannot unmarshal.*|illegal base64 data.*|an array that is.*", "misread", text)
    # both tell of it, with types of their own; what is wrong with a map comes in any order
    text = "*".join(sorted(text.removesuffix('"}').split("\\n*")))
    return answer.status, re.sub(r"(?:invalid JSON: )?(?:json: )?misread", "misread", text)


class Pair:
    """An engine, and a gateway over a manager in memory, that are asked the same."""

    def __init__(self, daemon, client):
        self.daemon = daemon
        self.client = client

    async def post(self, target, body, theirs="", ours=""):
        """Both answers to a write; ``theirs`` and ``ours`` are what only one is asked."""
        gateway = await self.client.post(target.format(ours), body)
        path = f"/v{self.client.version}{target.format(theirs)}"
        try:
            engine = await asyncio.to_thread(self.daemon.asked, "POST", path, body)
            while b"out of sequence" in engine.body:  # ports were given meanwhile
                shown = self.daemon.get(
                    path.partition("/update")[0].partition(self.client.version)[2]
                )
                path = f"{path.partition('=')[0]}={shown.json['Version']['Index']}"
                engine = await asyncio.to_thread(self.daemon.asked, "POST", path, body)
        except RemoteDisconnected:  # it crashed over the request
            assert gateway.status == 400, body
            engine = Answer(0, b"")
        return engine, gateway

    async def stored(self, kind, theirs, ours):
        """What both have stored: the specs alone, since addresses come when they come."""
        found = await asyncio.to_thread(self.daemon.get, f"/{kind}/{theirs}")
        mine = await self.client.get(f"/{kind}/{ours}")
        return found.json, mine.json


def spec_of(kind, shown):
    if kind == "networks":
        kept = ("Name", "Scope", "EnableIPv6", "Internal", "Attachable", "Ingress", "ConfigOnly")
        return {key: shown[key] for key in (*kept, "ConfigFrom", "Labels")}
    return json.dumps([shown.get("Spec"), shown.get("PreviousSpec")])


def is_local(body, answer):
    """Networks of a single node, and what takes one as its pattern: the gateway has none."""
    wanted = {key.lower(): value for key, value in body.items()}
    return wanted.get("configonly") or wanted.get("configfrom") or answer.status == 501


@pytest.fixture(scope="module")
def daemon(installation):
    with Dockerd(installation) as running:
        running.init_swarm()
        node = running.get("/nodes").json[0]
        # nothing is to run, so that nothing but the test changes objects
        spec = node["Spec"] | {"Availability": "drain"}
        running.post(f"/nodes/{node['ID']}/update?version={node['Version']['Index']}", spec)
        yield running


@asynccontextmanager
async def paired(daemon, version):
    manager = FakeManager()
    async with gateway_of(manager, release=daemon.release) as gateway:
        yield Pair(daemon, Client(gateway, version=version))


def versions(daemon):
    newest = int(daemon.api_version.partition(".")[2])
    return [f"1.{minor}" for minor in (newest, 43, 40, 35) if minor <= newest]


@pytest.mark.parametrize("kind", list(BASES))
async def test_what_is_created_is_answered_and_stored_alike(daemon, kind):
    specs, made = Specs(kind, 1), 0
    for version in versions(daemon):
        async with paired(daemon, version) as pair:
            for number in range(ROUNDS):
                name = f"n{version.partition('.')[2]}-{number}"  # names of networks are freed late
                body = specs.made({"Name": name} | BASES[kind])
                theirs, ours = await pair.post(f"/{kind}/create", body)
                if theirs.status == 0 or (kind == "networks" and is_local(body, ours)):
                    continue
                assert plain(theirs) == plain(ours), body
                if theirs.status == 201:
                    made += 1
                    await same_stored(pair, kind, theirs, ours, body)
    assert made > ROUNDS


async def same_stored(pair, kind, theirs, ours, body):
    """Compare what both have stored, and remove it."""
    ids = [next(iter(answer.json.values())) for answer in (theirs, ours)]
    shown = await pair.stored(kind, *ids)
    assert spec_of(kind, shown[0]) == spec_of(kind, shown[1]), body
    await asyncio.to_thread(pair.daemon.delete, f"/{kind}/{ids[0]}")
    await pair.client.delete(f"/{kind}/{ids[1]}")


@pytest.mark.parametrize("kind", ["services", "secrets"])
async def test_what_is_updated_is_answered_and_stored_alike(daemon, kind):
    specs, updated = Specs(kind, 2), 0
    for version in versions(daemon):
        async with paired(daemon, version) as pair:
            created = await pair.post(f"/{kind}/create", {"Name": "updated"} | BASES[kind])
            ids = [next(iter(answer.json.values())) for answer in created]
            for _ in range(ROUNDS):
                stored = await pair.stored(kind, *ids)
                body = specs.made(stored[0]["Spec"] | {"Name": "updated"})
                if kind == "services":
                    # a template that loses nothing but its placement crashes managers
                    body["TaskTemplate"] = {"Placement": {}} | (body["TaskTemplate"] or {})
                wanted = [
                    f"{id_}/update?version={one['Version']['Index']}"
                    for id_, one in zip(ids, stored, strict=True)
                ]
                answers = await pair.post(f"/{kind}/{{}}", body, *wanted)
                if answers[0].status == 0:
                    continue
                assert plain(answers[0]) == plain(answers[1]), body
                shown = await pair.stored(kind, *ids)
                assert spec_of(kind, shown[0]) == spec_of(kind, shown[1]), body
                updated += answers[0].status == 200
            await asyncio.to_thread(daemon.delete, f"/{kind}/{ids[0]}")
    assert updated > ROUNDS // 2


SERVICE = b'{"Name":"odd","TaskTemplate":{"ContainerSpec":{"Image":"nginx:1"}}}'
UPDATE = "/services/odd/update?version="
TYPES = (
    *("", "text/plain", "APPLICATION/JSON", "application/json; charset=utf-8", "json"),
    *("application/jsonx", "application/json;", "application/json;;", "application/json; a"),
    *("application/json; a=b; a=c", 'application/json; a="b;c"'),
    *("application/json, text/plain", "application / json", "application/", "/", "foo;;;bar"),
    *("application/json/x", "multipart/form-data; boundary=x"),
)
BODIES = (b"", b" ", b"null", b"[]", b"{", b"{}x", b"{}}")
READERS = (
    *("/services/create", "/services/odd/update?version=1", "/nodes/nope/update?version=1"),
    *("/secrets/create", "/configs/odd/update?version=1", "/swarm/update?version=1"),
    *("/swarm/init", "/swarm/join", "/swarm/unlock", "/networks/create"),
    *("/networks/nope/connect", "/networks/nope/disconnect"),
)
ODDLY_ASKED = (
    *[("/networks/nope/connect", SERVICE, kind) for kind in TYPES],
    *[("/services/nope/update?version=1", SERVICE, kind) for kind in TYPES],
    *[(path, body, "application/json") for path in READERS for body in BODIES],
    *[(path, b"", "") for path in READERS],
    *[
        (f"{UPDATE}{version}", SERVICE, "application/json")
        for version in ("", "x", "-1", "1.0", "0", "18446744073709551615", "18446744073709551616")
    ],
    *[
        (f"{UPDATE}1&{flag}", SERVICE, "application/json")
        for flag in (
            *("registryAuthFrom=x", "registryAuthFrom=Spec", "rollback=x", "rollback=Previous"),
            *("registryAuthFrom=previous-spec", "registryAuthFrom=x&rollback=x", "a=%zz", "a;b"),
        )
    ],
    ("/services/nope/update?version=1&registryAuthFrom=x", SERVICE, "application/json"),
    *[
        (path, body, "application/json")
        for path, body in (
            ("/swarm/init", b'{"ListenAddr":5}'),
            ("/swarm/init", b'{"DataPathPort":-1}'),
            ("/swarm/join", b'{"RemoteAddrs":"x"}'),
            ("/swarm/unlock", b'{"UnlockKey":5}'),
            ("/swarm/leave?force=%zz", b"{}"),
            ("/networks/nope/connect", b"{}"),
            ("/networks/nope/connect", b'{"container":"x"}'),
            ("/networks/nope/connect", b'{"Container":5}'),
            ("/networks/nope/connect", b'{"Container":"x","EndpointConfig":1}'),
            ("/networks/nope/disconnect", b'{"Container":"x","Force":true}'),
            ("/networks/nope/disconnect", b'{"Container":"x","Force":1}'),
        )
    ],
    *[
        ("/networks/create", json.dumps(body).encode(), "application/json")
        for body in (
            {"Name": "p", "Driver": "overlay", "IPAM": {"Config": [{"Subnet": subnet}]}}
            for subnet in ("10.50.0.0/x", "fe80::%eth0/64", "10.50.0.0", "010.50.0.0/24")
        )
    ],
)


async def test_requests_that_are_odd_in_themselves_are_answered_alike(daemon):
    async with paired(daemon, daemon.api_version) as pair:
        await pair.post("/services/create", json.loads(SERVICE))
        for target, body, kind in ODDLY_ASKED:
            path, headers = f"/v{daemon.api_version}{target}", {"Content-Type": kind}
            if not kind and not body:
                theirs = await asyncio.to_thread(daemon.asked, "POST", path)
                ours = await pair.client.raw("POST", path)
            else:
                theirs = await asyncio.to_thread(daemon.asked, "POST", path, body, headers)
                ours = await pair.client.raw("POST", path, body, content_type=kind)
            assert apart_from_json(plain(theirs)) == apart_from_json(plain(ours)), (
                target,
                body,
                kind,
            )
        await asyncio.to_thread(daemon.delete, "/services/odd")


def apart_from_json(answer):
    """An answer without the words for broken JSON, which are Go's own."""
    status, text = answer
    return status, re.sub(r"invalid (?:character|value|.?\").*|unexpected E.*", "broken", text)


async def test_networks_that_an_engine_keeps_are_not_removed(daemon):
    async with paired(daemon, daemon.api_version) as pair:
        for name in ("host", "none", "nope"):
            theirs = await asyncio.to_thread(daemon.request, "DELETE", f"/networks/{name}")
            assert plain(theirs) == plain(await pair.client.delete(f"/networks/{name}")), name


VOLUME = {
    "Name": "vol",
    "ClusterVolumeSpec": {"AccessMode": {"Scope": "single", "MountVolume": {}}},
}
VOLUME_STEPS = (
    ("POST", "/volumes/create", VOLUME),
    ("PUT", "/volumes/vol?version=1", {"Spec": {"Availability": "pause"}}),
    ("PUT", "/volumes/nope?version=1", {}),
    *[("DELETE", f"/volumes/{each}", None) for each in ("vol", "vol", "vol?force=1")],
    *[("DELETE", f"/volumes/{each}", None) for each in ("vol", "vol?force=1", "?force=1")],
    (
        "POST",
        "/volumes/create",
        VOLUME
        | {"ClusterVolumeSpec": {"AccessMode": {"MountVolume": {}}, "Secrets": [{"Secret": "x"}]}},
    ),
)


async def test_volumes_are_changed_and_removed_alike(daemon):
    async with paired(daemon, daemon.api_version) as pair:
        if not daemon.release.has("23.0"):  # it has volumes of one node alone
            assert (await pair.client.ask(*VOLUME_STEPS[0])).status == 501
            return
        for step in VOLUME_STEPS:
            theirs = await asyncio.to_thread(daemon.request, *step)
            ours = await pair.client.ask(*step)
            assert theirs.status == ours.status, step
            if theirs.status != 201:  # that tells times
                assert plain(theirs) == plain(ours), step
