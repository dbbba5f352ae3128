"""Secrets. Source: SwarmKit controlapi, validateSecretSpec and UpdateSecret."""

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules._problems import Problems, invalid, raise_first
from swarmwire.rules.name import data_name_problems, labels_only_problems

_MAX_DATA = 500 * 1024


def validate_secret_spec(message: pb.SecretSpec | None) -> None:
    """Accept or refuse a new secret as a manager does.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(_problems(message))


def secret_spec_problems(message: pb.SecretSpec | None) -> list[InvalidSpec]:
    """Every problem of a new secret, in the manager's order."""
    return list(_problems(message))


def _problems(message: pb.SecretSpec | None) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
        return
    yield from data_name_problems(message.annotations.name)
    if message.HasField("driver"):
        if not message.driver.name:
            yield invalid("secret driver must have a name", "Driver", "Name", kind="missing")
    elif not 0 < len(message.data) < _MAX_DATA:
        reason = f"secret data must be larger than 0 and less than {_MAX_DATA} bytes"
        yield invalid(reason, "Data")


def validate_secret_spec_update(old: pb.SecretSpec, new: pb.SecretSpec) -> None:
    """Accept or refuse a change of a secret: only labels may differ.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(labels_only_problems(old, new))


def secret_spec_update_problems(old: pb.SecretSpec, new: pb.SecretSpec) -> list[InvalidSpec]:
    """Every problem of a change of a secret. No data at all means the same data."""
    return list(labels_only_problems(old, new))
