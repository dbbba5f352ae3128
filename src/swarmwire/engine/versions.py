"""The versions of the Engine API, as tables: which there are, and what each knows.

Help texts, messages, documents and tests take the numbers from here.

A client that speaks an older version is taken at its word: the engine clears the fields that its
version did not have, without telling it.

Source: moby daemon/server/router/swarm/helpers.go, adjustForAPIVersion.
"""

from typing import Any, Final, NamedTuple

import msgspec

from swarmwire.engine.copying import deep_copy
from swarmwire.engine.service import ServiceSpec
from swarmwire.engine.shapes import as_known
from swarmwire.errors import DecodeError
from swarmwire.releases import NEWEST as NEWEST_RELEASE
from swarmwire.releases import AnyRelease, as_release
from swarmwire.releases.quirks import does

OLDEST: Final = "1.24"
NEWEST: Final = NEWEST_RELEASE.api_version

VERSIONS: Final = tuple(
    f"1.{minor}" for minor in range(int(OLDEST.split(".")[1]), int(NEWEST.split(".")[1]) + 1)
)
"""Every version that the newest engine takes, oldest first."""


class Since(NamedTuple):
    """A field, and the first API version in which a request may set it."""

    version: tuple[int, int]
    path: str
    """JSON names; ``[]`` stands for each element of a list."""


SINCE: Final = (
    Since((1, 40), "TaskTemplate.ContainerSpec.Sysctls"),
    Since((1, 40), "TaskTemplate.ContainerSpec.Privileges.CredentialSpec.Config"),
    Since((1, 40), "TaskTemplate.ContainerSpec.Configs[].Runtime"),
    Since((1, 40), "TaskTemplate.Placement.MaxReplicas"),
    Since((1, 41), "TaskTemplate.ContainerSpec.CapabilityAdd"),
    Since((1, 41), "TaskTemplate.ContainerSpec.CapabilityDrop"),
    Since((1, 41), "TaskTemplate.ContainerSpec.Ulimits"),
    Since((1, 41), "TaskTemplate.Resources.Limits.Pids"),
    Since((1, 41), "Mode.ReplicatedJob"),
    Since((1, 41), "Mode.GlobalJob"),
    Since((1, 44), "TaskTemplate.ContainerSpec.Privileges.Seccomp"),
    Since((1, 44), "TaskTemplate.ContainerSpec.Privileges.AppArmor"),
    Since((1, 44), "TaskTemplate.ContainerSpec.Privileges.NoNewPrivileges"),
    Since((1, 44), "TaskTemplate.ContainerSpec.Healthcheck.StartInterval"),
    Since((1, 46), "TaskTemplate.ContainerSpec.Mounts[].TmpfsOptions.Options"),
    Since((1, 46), "TaskTemplate.ContainerSpec.OomScoreAdj"),
    Since((1, 52), "TaskTemplate.Resources.SwapBytes"),
    Since((1, 52), "TaskTemplate.Resources.MemorySwappiness"),
)

_KEPT: Final = "TaskTemplate.ContainerSpec.Healthcheck.StartInterval"

NETWORKS_UNTIL: Final = (1, 44)
"""From this version on the engine passes over ``Networks`` at the top level of a service spec."""


def adjust_for_api_version(
    spec: ServiceSpec, api_version: str, *, release: AnyRelease = None, updates: bool = False
) -> ServiceSpec:
    """What an engine takes of ``spec`` when the request names ``api_version``: a changed copy.

    Fields that the version did not know are cleared. Before 1.44 the top-level ``Networks`` stand
    in for those of the task template where that has none; from 1.44 on they are dropped. An empty
    ``api_version``, as of a request without one, means the newest of the ``release``. Releases
    before 19.03 clear nothing, and those through 28.5 keep the top-level ``Networks``.
    ``updates``: the request updates a service; 26.1 then clears less than when it creates one.

    Raises:
        DecodeError: kind "type": not a ServiceSpec, or a version that is no text.
    """
    if not isinstance(spec, ServiceSpec):
        raise DecodeError("type", f"expected ServiceSpec, got {type(spec).__name__}")
    engine = as_release(release)
    newest = parse_version(engine.api_version)
    version = parse_version(api_version or engine.api_version)
    try:
        adjusted = deep_copy(spec) if engine.is_newest else as_known(spec, engine)
        for since in SINCE:
            kept = updates and since.path == _KEPT and does(engine, "keeps-start-interval")
            if version < since.version <= newest and not kept:
                _clear(adjusted, since.path.split("."))
        if does(engine, "top-level-networks"):
            return adjusted
        if version < NETWORKS_UNTIL and not adjusted.task_template.networks:
            adjusted.task_template.networks = adjusted.networks
        adjusted.networks = []
    except (
        AttributeError,
        TypeError,
        ValueError,
        OverflowError,
        StopIteration,
        RecursionError,
    ) as err:
        raise DecodeError("type", "a hand-built spec that holds wrong types") from err
    return adjusted


def parse_version(text: str) -> tuple[int, ...]:
    """A version as numbers, compared as the engine does: what is no number counts as 0.

    Source: moby daemon/internal/versions, compare.
    """
    if not isinstance(text, str):
        raise DecodeError("type", f"expected a version, got {type(text).__name__}")
    numbers = [
        int(part[:18]) if part.isascii() and part.isdigit() else 0 for part in text.split(".")
    ]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)


def _clear(value: Any, steps: list[str]) -> None:
    if value is None:
        return
    if isinstance(value, list):
        for item in value:
            _clear(item, steps)
        return
    step = steps[0].removesuffix("[]")
    field = next(f for f in msgspec.structs.fields(value) if f.encode_name == step)
    if len(steps) > 1:
        _clear(getattr(value, field.name), steps[1:])
    elif field.default is not msgspec.NODEFAULT:
        setattr(value, field.name, field.default)
    else:
        setattr(value, field.name, field.default_factory())
