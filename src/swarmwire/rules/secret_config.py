"""Secrets and configs: data with a name.

Source: SwarmKit controlapi, validateSecretSpec, validateConfigSpec, UpdateSecret, UpdateConfig.
"""

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.expected import expect
from swarmwire.releases import AnyRelease
from swarmwire.releases.messages import known_to
from swarmwire.rules._problems import Problems, invalid, raise_first
from swarmwire.rules.names import data_name_problems

_MAX_SECRET = 500 * 1024
_MAX_CONFIG = 1000 * 1024


def validate_secret_spec(message: pb.SecretSpec | None, *, release: AnyRelease = None) -> None:
    """Accept or refuse a new secret as a manager does.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(_secret_problems(known_to(message, release)))


def secret_spec_problems(
    message: pb.SecretSpec | None, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a new secret, in the manager's order."""
    return list(_secret_problems(known_to(message, release)))


def _secret_problems(message: pb.SecretSpec | None) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
        return
    expect(pb.SecretSpec, message)
    yield from data_name_problems(message.annotations.name)
    if message.HasField("driver"):
        if not message.driver.name:
            yield invalid("secret driver must have a name", "Driver", "Name", kind="missing")
    elif not 0 < len(message.data) < _MAX_SECRET:
        reason = f"secret data must be larger than 0 and less than {_MAX_SECRET} bytes"
        yield invalid(reason, "Data")


def validate_secret_spec_update(
    old: pb.SecretSpec, new: pb.SecretSpec, *, release: AnyRelease = None
) -> None:
    """Accept or refuse a change of a secret: only labels may differ.

    Raises:
        InvalidSpec: the first problem.
    """
    expect(pb.SecretSpec, old, new)
    raise_first(_labels_only_problems(known_to(old, release), known_to(new, release)))


def secret_spec_update_problems(
    old: pb.SecretSpec, new: pb.SecretSpec, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a change of a secret. No data at all means the same data."""
    expect(pb.SecretSpec, old, new)
    return list(_labels_only_problems(known_to(old, release), known_to(new, release)))


def validate_config_spec(message: pb.ConfigSpec | None, *, release: AnyRelease = None) -> None:
    """Accept or refuse a new config as a manager does.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(_config_problems(known_to(message, release)))


def config_spec_problems(
    message: pb.ConfigSpec | None, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a new config, in the manager's order."""
    return list(_config_problems(known_to(message, release)))


def _config_problems(message: pb.ConfigSpec | None) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
        return
    expect(pb.ConfigSpec, message)
    yield from data_name_problems(message.annotations.name)
    if not 0 < len(message.data) < _MAX_CONFIG:
        reason = f"config data must be larger than 0 and less than {_MAX_CONFIG} bytes"
        yield invalid(reason, "Data")


def validate_config_spec_update(
    old: pb.ConfigSpec, new: pb.ConfigSpec, *, release: AnyRelease = None
) -> None:
    """Accept or refuse a change of a config: only labels may differ.

    Raises:
        InvalidSpec: the first problem.
    """
    expect(pb.ConfigSpec, old, new)
    raise_first(_labels_only_problems(known_to(old, release), known_to(new, release)))


def config_spec_update_problems(
    old: pb.ConfigSpec, new: pb.ConfigSpec, *, release: AnyRelease = None
) -> list[InvalidSpec]:
    """Every problem of a change of a config. No data at all means the same data."""
    expect(pb.ConfigSpec, old, new)
    return list(_labels_only_problems(known_to(old, release), known_to(new, release)))


def _labels_only_problems(
    old: pb.SecretSpec | pb.ConfigSpec, new: pb.SecretSpec | pb.ConfigSpec
) -> Problems:
    """A secret or config keeps its name and data for life; no data at all means the same data."""
    reason = "only updates to Labels are allowed"
    if old.annotations.name != new.annotations.name:
        yield invalid(reason, "Name", kind="unsupported")
    if new.data and new.data != old.data:
        yield invalid(reason, "Data", kind="unsupported")
