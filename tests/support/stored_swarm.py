"""A swarm with something of every kind in it, put there over the engine's API.

What the API never tells again, the payloads of secrets, ``Filler`` keeps.
"""

import base64
import random
import threading
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from tests.support.dockerd import IMAGE, Dockerd

LARGEST_SECRET: Final = 500 * 1024 - 1
"""In bytes; managers refuse more."""


class Filler:
    """Puts objects into the swarm of a manager, and keeps what it put there.

    Attributes:
        secrets: the payload of each secret there is, by id.
        configs: that of each config.
    """

    def __init__(self, dockerd: Dockerd) -> None:
        self.dockerd = dockerd
        self.secrets: dict[str, bytes] = {}
        self.configs: dict[str, bytes] = {}

    def secret(self, name: str, payload: bytes, **labels: str) -> str:
        """Create a secret; return its id."""
        return self._payload("secrets", self.secrets, name, payload, labels)

    def config(self, name: str, payload: bytes, **labels: str) -> str:
        """Create a config; return its id."""
        return self._payload("configs", self.configs, name, payload, labels)

    def network(self, name: str, **request: Any) -> str:
        """Create an overlay network; return its id."""
        body = {"Name": name, "Driver": "overlay", "CheckDuplicate": True, **request}
        return str(self.dockerd.post("/networks/create", body).json["Id"])

    def service(
        self, name: str, *command: str, replicas: int = 0, container: Any = None, **spec: Any
    ) -> str:
        """Create a service; return its id."""
        runs = {"Image": IMAGE, "Command": command or ("sleep", "1000"), "StopGracePeriod": 1_000}
        task = {"ContainerSpec": runs | (container or {})} | spec.pop("TaskTemplate", {})
        mode = {"Mode": {"Replicated": {"Replicas": replicas}}}
        body = {"Name": name, "TaskTemplate": task, **mode, **spec}
        return str(self.dockerd.post("/services/create", body).json["ID"])

    def update(self, kind: str, id_: str, change: Callable[[Any], object]) -> None:
        """Change the spec of a service, secret, config or node (``kind`` as in the path)."""

        def is_written() -> bool:
            stored = self.dockerd.get(f"/{kind}/{id_}").json
            change(stored["Spec"])
            path = f"/{kind}/{id_}/update?version={stored['Version']['Index']}"
            answer = self.dockerd.request("POST", path, stored["Spec"])
            assert answer.status == HTTPStatus.OK or "out of sequence" in answer.message
            return answer.status == HTTPStatus.OK

        # The manager itself writes at times: the node's state, a service's addresses.
        self.dockerd.wait_for(f"the update of one of the {kind}", is_written)

    def update_swarm(self, change: Callable[[Any], object] = bool, query: str = "") -> None:
        """Change the spec of the swarm itself; ``query`` may ask for a rotation."""
        swarm = self.dockerd.get("/swarm").json
        change(swarm["Spec"])
        version = swarm["Version"]["Index"]
        self.dockerd.post(f"/swarm/update?version={version}{query}", swarm["Spec"])

    def remove(self, kind: str, id_: str) -> None:
        """Remove an object."""
        self.dockerd.delete(f"/{kind}/{id_}")
        self.secrets.pop(id_, None)
        self.configs.pop(id_, None)

    def _payload(
        self,
        kind: str,
        kept: dict[str, bytes],
        name: str,
        payload: bytes,
        labels: Mapping[str, str],
    ) -> str:
        body = {"Name": name, "Labels": labels, "Data": base64.b64encode(payload).decode()}
        id_ = str(self.dockerd.post(f"/{kind}/create", body).json["ID"])
        kept[id_] = payload
        return id_


def force_snapshots(filler: Filler, interval: int) -> None:
    """Make managers take a snapshot every ``interval`` entries, and none of the old ones kept."""
    filler.update_swarm(lambda spec: spec["Raft"].update(SnapshotInterval=interval))


def fill(filler: Filler, services: int = 300, seed: int = 1) -> None:
    """Put something of every kind into the swarm, change some of it and remove some."""
    chance = random.Random(seed)
    networks = _fill_networks(filler)
    secrets = _fill_secrets(filler, chance)
    configs = _fill_configs(filler, chance)
    references = {
        "Secrets": [_reference("Secret", id_, name) for name, id_ in secrets.items()][:20],
        "Configs": [_reference("Config", id_, name) for name, id_ in configs.items()],
    }
    ids = [
        filler.service(f"service-{at}", **_service_spec(chance, at, references, networks))
        for at in range(services)
    ]
    for id_ in ids[::7]:
        filler.update("services", id_, lambda spec: spec.update(Labels={"updated": "yes"}))
        filler.update("services", id_, _with_other_variable)
    for id_ in ids[1::31]:
        filler.remove("services", id_)
    (node,) = filler.dockerd.get("/nodes").json
    filler.update("nodes", node["ID"], lambda spec: spec.update(Labels={"disk": "ssd", "é": ""}))
    filler.update_swarm(lambda spec: spec["CAConfig"].update(NodeCertExpiry=99 * 3600 * 10**9))


def _fill_networks(filler: Filler) -> list[str]:
    pool = {"Subnet": "10.77.0.0/24", "Gateway": "10.77.0.1", "IPRange": "10.77.0.128/25"}
    gone = filler.network("gone")
    filler.remove("networks", gone)
    return [
        filler.network("front", Labels={"tier": "front"}, Attachable=True),
        filler.network("back", Internal=True, Options={"encrypted": ""}),
        filler.network("pooled", IPAM={"Driver": "default", "Config": [pool]}),
    ]


def _fill_secrets(filler: Filler, chance: random.Random) -> dict[str, str]:
    payloads = {f"random-{at}": chance.randbytes(chance.randrange(1, 5_000)) for at in range(120)}
    payloads |= {
        "text": "pässword\n".encode(),
        "one-byte": b"\0",
        "every-byte": bytes(range(256)),
        "large": chance.randbytes(LARGEST_SECRET),
        "zeros": bytes(100_000),
    }
    ids = {name: filler.secret(name, payload) for name, payload in payloads.items()}
    for at in range(0, 120, 8):
        filler.update("secrets", ids[f"random-{at}"], lambda spec: spec.update(Labels={"a": "b"}))
    for at in range(3, 120, 10):
        filler.remove("secrets", ids.pop(f"random-{at}"))
    return ids


def _fill_configs(filler: Filler, chance: random.Random) -> dict[str, str]:
    payloads = {
        "nginx": b"server { listen 80; }\n",
        "large": chance.randbytes(LARGEST_SECRET),
        "renamed": b"first\n",
        "gone": b"second\n",
    }
    ids = {
        name: filler.config(name, payload, stage="test", colour="red")
        for name, payload in payloads.items()
    }
    # A label under another name.
    filler.update("configs", ids["renamed"], lambda spec: spec.update(Labels={"color": "red"}))
    filler.remove("configs", ids.pop("gone"))
    return ids


def _reference(kind: str, id_: str, name: str) -> dict[str, Any]:
    file = {"Name": name, "UID": "0", "GID": "33", "Mode": 0o440}
    return {f"{kind}ID": id_, f"{kind}Name": name, "File": file}


def _service_spec(
    chance: random.Random, at: int, references: Mapping[str, list[Any]], networks: list[str]
) -> dict[str, Any]:
    container = {
        "Env": [f"NUMBER={at}", f"RANDOM={chance.random()}"],
        "Labels": {"at": str(at)},
        "Mounts": [{"Type": "volume", "Source": f"data-{at}", "Target": "/data"}],
    }
    if at % 3 == 0:
        container |= {kind: chance.sample(each, 2) for kind, each in references.items()}
    spec: dict[str, Any] = {
        "container": container,
        "Labels": {"com.example/number": str(at)},
        "TaskTemplate": {"Resources": {"Limits": {"MemoryBytes": 8 << 20}}},
        "UpdateConfig": {"Parallelism": 2, "MaxFailureRatio": 0.15, "Order": "start-first"},
    }
    if at % 5 == 0:
        spec["TaskTemplate"]["Networks"] = [{"Target": chance.choice(networks), "Aliases": ["a"]}]
        spec["EndpointSpec"] = {"Ports": [{"TargetPort": 80, "PublishedPort": 20_000 + at}]}
    return spec


def _with_other_variable(spec: Any) -> None:
    spec["TaskTemplate"]["ContainerSpec"]["Env"].append("ADDED=1")


class Writer(threading.Thread):
    """Creates secrets until nobody answers any more.

    Attributes:
        acknowledged: payloads of those that the manager said it created, by name.
        asked: payloads of all that were asked for.
    """

    def __init__(self, dockerd: Dockerd, prefix: str) -> None:
        super().__init__(daemon=True)
        self.acknowledged: dict[str, bytes] = {}
        self.asked: dict[str, bytes] = {}
        self._dockerd = dockerd
        self._prefix = prefix
        self._is_ended = False

    def run(self) -> None:
        chance = random.Random(self._prefix)
        while not self._is_ended:
            name = f"{self._prefix}-{len(self.asked)}"
            size = chance.choice([1, 100, 5_000, 100_000])
            self.asked[name] = payload = chance.randbytes(size)
            body = {"Name": name, "Data": base64.b64encode(payload).decode()}
            try:
                answer = self._dockerd.request("POST", "/secrets/create", body)
            except OSError:
                return
            if answer.status != HTTPStatus.CREATED:
                return
            self.acknowledged[name] = payload

    def end(self) -> None:
        """Wait until it has noticed that the manager is gone, or that it is to stop."""
        self._is_ended = True
        self.join(timeout=10)
