"""The sections of a stack file: keys, and the objects that services refer to by them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from swarmwire.export.swarm import KnownSwarm, stack_of
from swarmwire.export.values import filled
from swarmwire.stack.body.building import NAMESPACE, scoped

_KEY: Final = re.compile(r"\A[a-zA-Z0-9._-]+\Z")
_NO_KEY: Final = re.compile(r"[^a-zA-Z0-9._-]")


def own_name(stack: str, name: str) -> str:
    """A name without the stack's prefix."""
    return name.removeprefix(scoped(stack, "")) or name


def own_labels(labels: Any) -> dict[str, str]:
    """Labels without that of the stack, which a deploy adds."""
    return {name: labels[name] for name in sorted(labels) if name != NAMESPACE}


class Section:
    """One section: what services refer to, by key.

    Attributes:
        entries: what stands in the file.
        names: the full name of each.
    """

    def __init__(self, stack: str) -> None:
        self._stack = stack
        self.entries: dict[str, dict[str, Any]] = {}
        self.names: dict[str, str] = {}

    def key(self, name: str, options: dict[str, Any] | None) -> str:
        """The key of an object; it is entered if it is new.

        Args:
            name: its full name.
            options: what is said of it; None if it is somebody else's, and only referred to.
        """
        for key in _keys(own_name(self._stack, name)):
            entry: dict[str, Any] = {"external": True} if options is None else {}
            default = key if options is None else scoped(self._stack, key)
            if name != default:
                entry["name"] = name
            entry |= options or {}
            if self.entries.setdefault(key, entry) == entry:
                self.names[key] = name
                return key
        raise AssertionError  # there are as many keys as numbers


def _keys(name: str) -> Iterator[str]:
    first = name if _KEY.match(name) else _NO_KEY.sub("-", name) or "object"
    yield first
    number = 2
    while True:
        yield f"{first}-{number}"
        number += 1


@dataclass(frozen=True)
class Payload:
    """A file with the payload of a secret or config.

    Attributes:
        name: where it lies, below the folder of all of them: ``configs/site``.
        data: what is in it.
        is_secret: whether others must not read it.
    """

    name: str
    data: bytes
    is_secret: bool

    def __repr__(self) -> str:
        return f"Payload({self.name!r}, {len(self.data)} bytes)"


class Sections:
    """All sections but that of the services, filled as services refer to objects.

    Args:
        swarm: what is known of the swarm.
        stack: the stack's name.
        folder: where payloads of secrets and configs are to lie, as the stack file calls it; None
            if they are only referred to.
    """

    def __init__(self, swarm: KnownSwarm, stack: str, folder: str | None) -> None:
        self.swarm = swarm
        self.stack = stack
        self._folder = folder
        self.networks = Section(stack)
        self.volumes = Section(stack)
        self.secrets = Section(stack)
        self.configs = Section(stack)
        self.payloads: dict[str, Payload] = {}
        self.notes: list[str] = []
        self._networks = {each.id: each for each in swarm.networks}
        self._secrets = {each.spec.annotations.name: each for each in swarm.secrets}
        self._configs = {each.spec.annotations.name: each for each in swarm.configs}

    def network(self, id_: str) -> str:
        """The key of a network that a service is attached to."""
        name = self.swarm.names.get(id_, id_)
        network = self._networks.get(id_)
        options = None
        if network is not None and stack_of(network) == self.stack:
            options = network_options(network.spec)
        if name == id_ and id_ not in self.swarm.names:
            asked = "" if self.swarm.is_stored else f"; docker network inspect {id_} does"
            self._note(f"network {id_} is called by its ID: nothing here tells its name{asked}")
        return self.networks.key(name, options)

    def secret(self, name: str) -> str:
        """The key of a secret."""
        secret = self._secrets.get(name)
        if secret is None or not self._is_written(secret):
            return self.secrets.key(name, None)
        spec = secret.spec
        if spec.HasField("driver"):
            driver = {"driver": spec.driver.name, "driver_opts": dict(spec.driver.options)}
            return self.secrets.key(name, filled({**driver, **_described(spec)}))
        if not spec.data:
            self._note(f"secret {name} is only referred to: its payload is not known here")
            return self.secrets.key(name, None)
        return self._with_payload("secrets", name, spec)

    def config(self, name: str) -> str:
        """The key of a config."""
        config = self._configs.get(name)
        if config is None or not self._is_written(config):
            return self.configs.key(name, None)
        return self._with_payload("configs", name, config.spec)

    def _is_written(self, message: Any) -> bool:
        # What is not the stack's gets its label by a deploy, so it stays somebody else's.
        return self._folder is not None and stack_of(message) == self.stack

    def _with_payload(self, kind: str, name: str, spec: Any) -> str:
        inner = f"{kind}/{_file_name(own_name(self.stack, name))}"
        path = f"{self._folder}/{inner}"
        self.payloads[path] = Payload(inner, bytes(spec.data), kind == "secrets")
        section: Section = getattr(self, kind)
        return section.key(name, filled({"file": path, **_described(spec)}))

    def _note(self, text: str) -> None:
        if text not in self.notes:
            self.notes.append(text)


def _file_name(name: str) -> str:
    return _NO_KEY.sub("-", name).lstrip(".") or "payload"


def _described(spec: Any) -> dict[str, Any]:
    return {
        "template_driver": spec.templating.name,
        "labels": own_labels(spec.annotations.labels),
    }


def network_options(spec: Any) -> dict[str, Any]:
    """What a stack file says of a network."""
    driver = spec.driver_config.name
    pools = [filled({"subnet": pool.subnet}) for pool in spec.ipam.configs]
    ipam = filled(
        {
            "driver": "" if spec.ipam.driver.name == "default" and pools else spec.ipam.driver.name,
            "config": pools,
        }
    )
    return filled(
        {
            "driver": "" if driver == "overlay" else driver,
            "driver_opts": {
                name: spec.driver_config.options[name]
                for name in sorted(spec.driver_config.options)
            },
            "ipam": ipam,
            "internal": spec.internal or None,
            "attachable": spec.attachable or None,
            "labels": own_labels(spec.annotations.labels),
        }
    )
