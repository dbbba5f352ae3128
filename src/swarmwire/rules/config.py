"""Configs. Source: SwarmKit controlapi, validateConfigSpec and UpdateConfig."""

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules._problems import Problems, invalid, raise_first
from swarmwire.rules.name import data_name_problems, labels_only_problems

_MAX_DATA = 1000 * 1024


def validate_config_spec(message: pb.ConfigSpec | None) -> None:
    """Accept or refuse a new config as a manager does.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(_problems(message))


def config_spec_problems(message: pb.ConfigSpec | None) -> list[InvalidSpec]:
    """Every problem of a new config, in the manager's order."""
    return list(_problems(message))


def _problems(message: pb.ConfigSpec | None) -> Problems:
    if message is None:
        yield invalid("invalid argument", kind="missing")
        return
    yield from data_name_problems(message.annotations.name)
    if not 0 < len(message.data) < _MAX_DATA:
        reason = f"config data must be larger than 0 and less than {_MAX_DATA} bytes"
        yield invalid(reason, "Data")


def validate_config_spec_update(old: pb.ConfigSpec, new: pb.ConfigSpec) -> None:
    """Accept or refuse a change of a config: only labels may differ.

    Raises:
        InvalidSpec: the first problem.
    """
    raise_first(labels_only_problems(old, new))


def config_spec_update_problems(old: pb.ConfigSpec, new: pb.ConfigSpec) -> list[InvalidSpec]:
    """Every problem of a change of a config. No data at all means the same data."""
    return list(labels_only_problems(old, new))
