"""The words that the engine knows for each field that takes only a few."""

from difflib import get_close_matches
from typing import Final

from swarmwire import engine
from swarmwire.check._fields import Steps, value_at
from swarmwire.convert import _enums
from swarmwire.engine.address import go_quoted

WORDS: Final[dict[tuple[type, str], tuple[str, ...]]] = {
    (engine.TaskSpec, "Runtime"): ("container", "plugin"),
    **{
        field: tuple(table.words)
        for field, table in {
            (engine.RestartPolicy, "Condition"): _enums.RESTART_CONDITION,
            (engine.UpdateConfig, "FailureAction"): _enums.UPDATE_FAILURE_ACTION,
            (engine.UpdateConfig, "Order"): _enums.UPDATE_ORDER,
            (engine.EndpointSpec, "Mode"): _enums.RESOLUTION_MODE,
            (engine.PortConfig, "Protocol"): _enums.PORT_PROTOCOL,
            (engine.PortConfig, "PublishMode"): _enums.PUBLISH_MODE,
            (engine.Mount, "Type"): _enums.MOUNT_TYPE,
            (engine.Mount, "Consistency"): _enums.MOUNT_CONSISTENCY,
            (engine.BindOptions, "Propagation"): _enums.MOUNT_PROPAGATION,
            (engine.ContainerSpec, "Isolation"): _enums.ISOLATION,
            (engine.SeccompOpts, "Mode"): _enums.SECCOMP_MODE,
            (engine.AppArmorOpts, "Mode"): _enums.APPARMOR_MODE,
            (engine.NodeSpec, "Role"): _enums.NODE_ROLE,
            (engine.NodeSpec, "Availability"): _enums.NODE_AVAILABILITY,
            (engine.ExternalCA, "Protocol"): _enums.CA_PROTOCOL,
            (engine.AccessMode, "Scope"): _enums.VOLUME_SCOPE,
            (engine.AccessMode, "Sharing"): _enums.VOLUME_SHARING,
            (engine.ClusterVolumeSpec, "Availability"): _enums.VOLUME_AVAILABILITY,
        }.items()
    },
}


def words_at(spec: object, steps: Steps) -> tuple[str, ...]:
    """The words that the field at ``steps`` takes; none if it takes any."""
    if not steps:
        return ()
    owner = type(value_at(spec, steps[:-1]))
    return WORDS.get((owner, str(steps[-1])), ())


def did_you_mean(word: object, words: tuple[str, ...]) -> str:
    """The advice for a word that is not among ``words``."""
    if not words:
        return ""
    near = get_close_matches(str(word).lower(), words, 1)
    if near:
        return f"did you mean {go_quoted(near[0])}?"
    return f"use {' or '.join(go_quoted(one) for one in words)}"
