"""What becomes of a stack's networks, secrets and configs. Pure.

Source: docker/cli cli/command/stack/deploy_composefile.go, validateExternalNetworks,
createNetworks, createSecrets, createConfigs; moby daemon/server/router/network, postNetworkCreate;
SwarmKit manager/controlapi/secret.go and config.go.
"""

from collections.abc import Collection, Iterator, Sequence
from typing import Any, Final

from swarmwire import engine, pb
from swarmwire.check import check
from swarmwire.deployment.parts import PartKind, PlannedPart
from swarmwire.deployment.swarm import SwarmNow
from swarmwire.errors import FieldError
from swarmwire.export.deployed import deployed_file, deployed_network, network_request, object_gaps
from swarmwire.releases import Release
from swarmwire.rules import config_spec_problems, secret_spec_problems
from swarmwire.rules.go_text import lower
from swarmwire.stack import Bodies

_LOCAL: Final = frozenset({"default", "bridge", "host", "none"})
"""Networks that each node has; the docker command does not look for them."""
_LABELS: Final = "Labels"
_DATA: Final = "Data"
_OTHER_DATA: Final = (
    "has other content than the stored one: only updates to Labels are allowed; give the new one"
    " another name, or let --rotate-names do so"
)


def missing_networks(external: Sequence[str], swarm: SwarmNow) -> Iterator[str]:
    """Why external networks are refused: they are not there."""
    for name in external:
        if name in _LOCAL or name.startswith("container:") or _is_there(name, swarm.networks):
            continue
        yield (
            f'network "{name}" is declared as external, but could not be found. You need to create'
            " a swarm-scoped network before the stack is deployed"
        )


def _is_there(name: str, networks: Sequence[pb.Network]) -> bool:
    return any(
        name in (one.id, one.spec.annotations.name) or one.id.startswith(name) for one in networks
    )


def network_parts(bodies: Bodies, swarm: SwarmNow, release: Release) -> Iterator[PlannedPart]:
    """The networks that services of the stack use, in the order of their names."""
    taken = {lower(one.spec.annotations.name): one for one in swarm.networks}
    own = {one.spec.annotations.name: one for one in swarm.networks if swarm.owns(one)}
    for name, body in bodies.networks.items():
        if name in own:
            yield _network_there(name, body, own[name], release)
            continue
        other = taken.get(lower(name))
        reason = _taken(other) if other is not None else _refused_network(body, release)
        if reason:
            yield PlannedPart("network", name, "refused", reason)
            continue
        yield PlannedPart("network", name, "created", spec=deployed_network(body, release))


def _taken(other: pb.Network) -> str:
    name = other.spec.annotations.name
    return (
        f"network with name {name} already exists, and it is none of this stack's: declare it as"
        " external to use it"
    )


def _refused_network(body: engine.NetworkCreateRequest, release: Release) -> str:
    found = check(network_request(body), release=release)
    refused = [one for one in found if one.severity == "error"]
    return f"{refused[0].path}: {refused[0].rule}" if refused else ""


def _network_there(
    name: str, body: engine.NetworkCreateRequest, stored: pb.Network, release: Release
) -> PlannedPart:
    try:
        wanted = deployed_network(body, release)
    except FieldError as err:
        return PlannedPart("network", name, "refused", str(err), stored=stored)
    paths = object_gaps(stored.spec, wanted)
    other = [path for path in paths if not path.startswith(_LABELS)]
    if other:
        reason = (
            f"is not what the file says ({', '.join(other)}), and no manager changes a network:"
            " docker stack deploy leaves it as it is and says nothing. Give the new one another"
            " name, or remove it first"
        )
        return PlannedPart("network", name, "refused", reason, stored=stored)
    return PlannedPart("network", name, "kept", _left_alone(paths), stored=stored)


def _left_alone(paths: Sequence[str]) -> str:
    """What a deploy leaves as it is."""
    return f"stays as it is, though the file says otherwise: {', '.join(paths)}" if paths else ""


def file_parts(
    kind: PartKind,
    wanted: Sequence[engine.SecretSpec] | Sequence[engine.ConfigSpec],
    swarm: SwarmNow,
    release: Release,
    changed: Collection[str] | None = None,
) -> Iterator[PlannedPart]:
    """The secrets or configs of the stack's files.

    Args:
        kind: which of them.
        wanted: their bodies.
        swarm: what the swarm has.
        release: the engine of the managers.
        changed: the names of secrets whose data is another than the stored one; None if that is not
            known.
    """
    listed: Sequence[pb.Secret | pb.Config] = swarm.secrets if kind == "secret" else swarm.configs
    stored = {one.spec.annotations.name: one for one in listed}
    taken = {lower(name): name for name in stored}
    for body in wanted:
        name = body.name
        try:
            spec = deployed_file(body, release)
        except FieldError as err:
            yield PlannedPart(kind, name, "refused", str(err))
            continue
        found = stored.get(name)
        if found is not None:
            yield _file_there(kind, name, spec, found, changed)
        elif lower(name) in taken:
            reason = f"{kind} {taken[lower(name)]} exists: names must differ by more than case"
            yield PlannedPart(kind, name, "refused", reason)
        else:
            yield _new_file(kind, name, spec, release)


def _new_file(
    kind: PartKind, name: str, spec: pb.SecretSpec | pb.ConfigSpec, release: Release
) -> PlannedPart:
    problems: Any
    if isinstance(spec, pb.SecretSpec):
        problems = secret_spec_problems(spec, release=release)
    else:
        problems = config_spec_problems(spec, release=release)
    if problems:
        return PlannedPart(kind, name, "refused", str(problems[0]))
    return PlannedPart(kind, name, "created", spec=spec)


def _file_there(
    kind: PartKind, name: str, spec: Any, stored: Any, changed: Collection[str] | None
) -> PlannedPart:
    is_secret = kind == "secret"
    is_other = name in (changed or ()) if is_secret else _has_other_data(spec, stored.spec)
    if is_other:
        return PlannedPart(kind, name, "refused", _OTHER_DATA, stored=stored)
    notes = []
    if is_secret and changed is None and spec.data:
        notes.append("its content cannot be read: if it is another, the deploy is refused")
    paths = object_gaps(stored.spec, spec)
    fixed = [path for path in paths if not path.startswith((_LABELS, _DATA))]
    if fixed:
        notes.append(_left_alone(fixed))
    # Labels are replaced, and so taken over from whoever else made it.
    if any(path.startswith(_LABELS) for path in paths):
        return PlannedPart(kind, name, "changed", "; ".join(notes) or "labels", spec, stored)
    return PlannedPart(kind, name, "kept", "; ".join(notes), stored=stored)


def _has_other_data(wanted: pb.ConfigSpec, stored: pb.ConfigSpec) -> bool:
    # No data at all means the same data.
    return bool(wanted.data) and wanted.data != stored.data
