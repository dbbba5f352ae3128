"""The bodies that a deploy of a stack would send, as JSON, without the contents of secrets."""

import json
from typing import Any, Final

from swarmwire import engine
from swarmwire.cli.writing import as_json
from swarmwire.stack import Stack, bodies

OVERLAY: Final = "overlay"
"""The driver of networks that name none."""


class NoIds(dict[str, str]):
    """Ids of secrets and configs, which only a swarm knows: none."""

    def __missing__(self, name: str) -> str:
        return ""


def bodies_json(loaded: Stack, name: str) -> str:
    """The bodies of all objects of a stack, by kind and name.

    Raises:
        StackError: what the docker command refuses.
    """
    made = bodies(loaded, name, secret_ids=NoIds(), config_ids=NoIds())
    networks = {full: _body(network) for full, network in made.networks.items()}
    for network in networks.values():
        network["Driver"] = network["Driver"] or OVERLAY
    secrets = {secret.name: _body(secret) for secret in made.secrets}
    for secret in secrets.values():
        secret.pop("Data", None)
    whole = {
        "services": {own: _body(service) for own, service in made.services.items()},
        "networks": networks,
        "external_networks": list(made.external_networks),
        "secrets": secrets,
        "configs": {config.name: _body(config) for config in made.configs},
    }
    return as_json(whole) + "\n"


def _body(body: engine.EngineObject) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(engine.encode(body))
    return found
