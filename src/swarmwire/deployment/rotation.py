"""Names of secrets and configs that change with their content. Pure.

No manager changes the content of either, so that other content needs another name; and a service
that is pointed to another name restarts its tasks, which then see the new content.
"""

from hashlib import scrypt, sha256
from typing import Final

from swarmwire import engine
from swarmwire.stack import Bodies

_DIGITS: Final = 10
_COST: Final = 2**14


def rotated_names(bodies: Bodies) -> dict[str, str]:
    """The names with a digest of the content, by the names without.

    Secrets that a driver holds keep their names: their content is not known here.
    """
    found = {}
    for secret in bodies.secrets:
        if secret.driver is None:
            found[secret.name] = f"{secret.name}-{secret_digest(secret)}"
    for config in bodies.configs:
        found[config.name] = f"{config.name}-{config_digest(config)}"
    return found


def referred_names(body: engine.ServiceSpec) -> set[str]:
    """The names of the secrets and configs that a service uses."""
    container = body.task_template.container_spec
    if container is None:
        return set()
    return {one.secret_name for one in container.secrets or () if one is not None} | {
        one.config_name for one in container.configs or () if one is not None
    }


def config_digest(config: engine.ConfigSpec) -> str:
    """Ten digits that change with what a config is: its data and how it is expanded."""
    return sha256(_content(config)).hexdigest()[:_DIGITS]


def secret_digest(secret: engine.SecretSpec) -> str:
    """The same for a secret.

    Names are no secrets. So the digest is slow to make, and made for this name alone: from it, a
    weak password cannot be found by trying many.
    """
    salt = f"swarmwire {secret.name}".encode()
    made = scrypt(_content(secret), salt=salt, n=_COST, r=8, p=1, dklen=_DIGITS // 2)
    return made.hex()


def _content(one: engine.SecretSpec | engine.ConfigSpec) -> bytes:
    driver = one.templating.name if one.templating is not None else ""
    return driver.encode() + b"\0" + bytes(one.data or b"")
