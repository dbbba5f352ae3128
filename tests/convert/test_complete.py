"""Nothing is lost unlisted: ``losses.toml`` is exactly what the conversions lose and change.

Two questions are asked of objects and messages in which every field is set. Does a field make a
difference: is the answer the same when it is taken away? And, where there is a way back: is the
field the same after a journey there and back?
"""

import contextlib
import copy
import tomllib
from pathlib import Path

import pytest

from swarmwire import convert, engine, pb
from swarmwire.errors import SwarmwireError
from tests.support.fill import EXCLUSIVE, hollow, hollow_object, object_variants, variants
from tests.support.leaves import differences, follow, inside, parts

FIDELITY = Path(__file__).resolve().parents[2] / "docs" / "fidelity.md"
LOSSES = tomllib.loads((Path(__file__).parent / "losses.toml").read_text(encoding="utf-8"))


def service_specs():
    """Filled specs that can be sent; a plugin among them."""
    return [spec for spec in object_variants(engine.ServiceSpec) if converts(spec)]


def converts(spec):
    try:
        convert.service_spec_to_grpc(spec)
    except SwarmwireError:
        return False
    return True


def generic_resources(direction):
    """The conversions of lists, as one of an object that holds such a list."""

    def to_grpc(resources):
        out = pb.Resources()
        out.generic.extend(convert.generic_resources_to_grpc(resources.generic_resources))
        return out

    def from_grpc(resources):
        return engine.Resources(
            generic_resources=convert.generic_resources_from_grpc(list(resources.generic))
        )

    return to_grpc if direction == "to" else from_grpc


def only_generic(values):
    for value in values:
        if isinstance(value, pb.Resources):
            value.ClearField("nano_cpus")
            value.ClearField("memory_bytes")
        else:
            value.nano_cpus = value.memory_bytes = 0
    return values


def with_status(networks):
    """Networks as managers answer them when the use of addresses is asked for."""
    for network in networks:
        extra = pb.netextra.Extra()
        extra.IPAMStatus.add(Subnet=b"\x0a\x00\x01\x00\x18", IPsInUse=7, DynamicIPsAvailable=249)
        network.extra.Pack(extra)
    return networks


CONVERSIONS = {
    "config_from_grpc": (convert.config_from_grpc, variants(pb.Config)),
    "config_spec_to_grpc": (convert.config_spec_to_grpc, object_variants(engine.ConfigSpec)),
    "generic_resources_from_grpc": (
        generic_resources("from"),
        only_generic(variants(pb.Resources)),
    ),
    "generic_resources_to_grpc": (
        generic_resources("to"),
        only_generic(object_variants(engine.Resources)),
    ),
    "network_create_to_grpc": (
        convert.network_create_to_grpc,
        object_variants(engine.NetworkCreateRequest),
    ),
    "network_from_grpc": (convert.network_from_grpc, variants(pb.Network)),
    "network_inspect_from_grpc": (
        convert.network_inspect_from_grpc,
        with_status(variants(pb.Network)),
    ),
    "node_from_grpc": (convert.node_from_grpc, variants(pb.Node)),
    "node_spec_to_grpc": (convert.node_spec_to_grpc, object_variants(engine.NodeSpec)),
    "secret_from_grpc": (convert.secret_from_grpc, variants(pb.Secret)),
    "secret_spec_to_grpc": (convert.secret_spec_to_grpc, object_variants(engine.SecretSpec)),
    "service_from_grpc": (convert.service_from_grpc, variants(pb.Service)),
    "service_spec_from_grpc": (convert.service_spec_from_grpc, variants(pb.ServiceSpec)),
    "service_spec_to_grpc": (convert.service_spec_to_grpc, service_specs()),
    "swarm_from_grpc": (convert.swarm_from_grpc, variants(pb.Cluster)),
    "swarm_spec_to_grpc": (convert.swarm_spec_to_grpc, object_variants(engine.SwarmSpec)),
    "task_from_grpc": (convert.task_from_grpc, variants(pb.Task)),
    "volume_create_to_grpc": (
        convert.volume_create_to_grpc,
        object_variants(engine.VolumeCreateRequest),
    ),
    "volume_from_grpc": (convert.volume_from_grpc, variants(pb.Volume)),
}

# Those that take `lossless`.
LOSSLESS = (
    "network_create_to_grpc",
    "service_from_grpc",
    "service_spec_from_grpc",
    "service_spec_to_grpc",
    "swarm_from_grpc",
    "swarm_spec_to_grpc",
    "task_from_grpc",
)

# There and back: what goes there, what comes back, what is sent.
PAIRS = {
    "config": (
        convert.config_spec_to_grpc,
        lambda message: convert.config_from_grpc(pb.Config(spec=message)).spec,
        engine.ConfigSpec,
        pb.ConfigSpec,
    ),
    "node": (
        convert.node_spec_to_grpc,
        lambda message: convert.node_from_grpc(pb.Node(spec=message)).spec,
        engine.NodeSpec,
        pb.NodeSpec,
    ),
    "secret": (
        convert.secret_spec_to_grpc,
        lambda message: convert.secret_from_grpc(pb.Secret(spec=message)).spec,
        engine.SecretSpec,
        pb.SecretSpec,
    ),
    "service": (
        convert.service_spec_to_grpc,
        convert.service_spec_from_grpc,
        engine.ServiceSpec,
        pb.ServiceSpec,
    ),
    "swarm": (
        convert.swarm_spec_to_grpc,
        lambda message, **options: (
            convert.swarm_from_grpc(pb.Cluster(spec=message), **options).spec
        ),
        engine.SwarmSpec,
        pb.ClusterSpec,
    ),
    "volume": (
        convert.volume_create_to_grpc,
        lambda message: _create_request(convert.volume_from_grpc(pb.Volume(spec=message))),
        engine.VolumeCreateRequest,
        pb.VolumeSpec,
    ),
    "network": (
        convert.network_create_to_grpc,
        # A manager's allocator makes driver state and IPAM from the spec.
        lambda message, **options: _network_request(
            convert.network_from_grpc(
                pb.Network(spec=message, driver_state=message.driver_config, ipam=message.ipam)
            )
        ),
        engine.NetworkCreateRequest,
        pb.NetworkSpec,
    ),
}


def _create_request(volume):
    return engine.VolumeCreateRequest(
        cluster_volume_spec=volume.cluster_volume.spec,
        driver=volume.driver,
        driver_opts=volume.options or {},
        labels=volume.labels or {},
        name=volume.name,
    )


def _network_request(network):
    return engine.NetworkCreateRequest(
        name=network.name,
        driver=network.driver,
        scope=network.scope,
        enable_ipv4=network.enable_ipv4,
        enable_ipv6=network.enable_ipv6,
        ipam=network.ipam,
        internal=network.internal,
        attachable=network.attachable,
        ingress=network.ingress,
        config_only=network.config_only,
        config_from=network.config_from,
        options=network.options,
        labels=network.labels,
    )


def lost(function, filled, **options):
    """The names of the parts without which ``function`` answers the same."""
    gone, kept = {}, set()
    for value in filled:
        try:
            whole = function(value, **options)
        except SwarmwireError:
            continue
        _search(lambda value: function(value, **options), whole, value, (), gone, kept)
    return {
        shown
        for name, paths in gone.items()
        for shown in ([name] if name not in kept else {f"{name} at {_place(p)}" for p in paths})
    }


def _place(path):
    return ".".join([step for step in path if not isinstance(step, int)][-2:])


def _search(function, whole, root, path, gone, kept):
    for part in list(parts(follow(root, path), path)):
        without = copy.deepcopy(root)
        part.of(without).clear()
        with contextlib.suppress(SwarmwireError):
            if function(without) == whole:
                gone.setdefault(part.name, set()).add(part.path)
                continue
        kept.add(part.name)
        if inside(part) is not None:
            _search(function, whole, root, part.path, gone, kept)


@pytest.mark.parametrize("name", CONVERSIONS)
def test_nothing_is_lost_unlisted(name):
    function, filled = CONVERSIONS[name]
    assert lost(function, filled) == listed("lost", name) | listed("lost_by_default", name)


@pytest.mark.parametrize("name", LOSSLESS)
def test_lossless_loses_less(name):
    function, filled = CONVERSIONS[name]
    assert lost(function, filled, lossless=True) == listed("lost", name)


def listed(table, name):
    return set(LOSSES[table].get(name, ()))


def journeys(name, start, *, lossless, empty=False):
    """What went and what came back, for each filled (or empty) message or object."""
    to_grpc, from_grpc, struct, message_type = PAIRS[name]
    options = {"lossless": lossless} if to_grpc.__name__ in LOSSLESS else {}
    if start == "message":
        values = [hollow(message_type)] if empty else variants(message_type)
        there, back = from_grpc, to_grpc
    else:
        values = hollow_objects(struct) if empty else object_variants(struct)
        there, back = to_grpc, from_grpc
    arrived = []
    for value in values:
        with contextlib.suppress(SwarmwireError):
            arrived.append((value, back(there(value, **options), **options)))
    assert arrived
    return arrived


def hollow_objects(struct):
    """Objects of which every part is there, but empty; and one without parts."""
    if struct is not engine.ServiceSpec:
        return [hollow_object(struct)]
    modes = [hollow_object(struct, {"ServiceMode": mode}) for mode in EXCLUSIVE["ServiceMode"]]
    bare = engine.ServiceSpec(task_template=engine.TaskSpec(container_spec=engine.ContainerSpec()))
    return [*modes, bare]


def names(befores_and_afters):
    return {name for before, after in befores_and_afters for name, _ in differences(before, after)}


STARTS = [(name, start) for name in PAIRS for start in ("message", "object")]


@pytest.mark.parametrize(("name", "start"), STARTS)
def test_nothing_is_changed_unlisted(name, start):
    section = f"{name}_{start}"
    got = names(journeys(name, start, lossless=False))
    assert got == listed("changed", section) | listed("changed_by_default", section)
    assert names(journeys(name, start, lossless=True)) == listed("changed", section)


@pytest.mark.parametrize(("name", "start"), STARTS)
def test_nothing_empty_is_lost_unlisted(name, start):
    section = f"{name}_{start}"
    got = names(journeys(name, start, lossless=False, empty=True))
    assert got == listed("empty_lost", section) | listed("empty_lost_by_default", section)
    got = names(journeys(name, start, lossless=True, empty=True))
    assert got == listed("empty_lost", section)


@pytest.mark.parametrize(("name", "start"), STARTS)
def test_nothing_is_filled_in_unlisted(name, start):
    came = journeys(name, start, lossless=False, empty=True)
    assert names((after, before) for before, after in came) == listed(
        "filled_in", f"{name}_{start}"
    )


def mentioned():
    tables = [table for title, table in LOSSES.items() if title != "reasons"]
    return {name for table in tables for section in table.values() for name in section}


def test_each_entry_has_its_reason_and_each_reason_an_entry():
    assert mentioned() == LOSSES["reasons"].keys()
    for name, reason in LOSSES["reasons"].items():
        assert reason.endswith("."), name
        assert len(reason.split()) > 3, name


def test_lists_of_losses_are_sorted_and_of_conversions_that_exist():
    for title, table in LOSSES.items():
        known = CONVERSIONS if title.startswith("lost") else {f"{n}_{s}" for n, s in STARTS}
        for section, entries in table.items():
            if title != "reasons":
                assert section in known
                assert entries == sorted(set(entries)), (title, section)


@pytest.mark.parametrize("name", sorted(LOSSES["reasons"]))
def test_every_entry_is_told_to_users(name):
    field = name.partition(" at ")[0]
    text = FIDELITY.read_text(encoding="utf-8")
    assert f"`{field}`" in text, f"docs/fidelity.md does not mention {field}"


def test_every_conversion_is_examined():
    # Those straight to JSON give what the others give: see test_service_json.py.
    to_json = {"service_json_from_grpc", "service_list_json_from_grpc"}
    assert CONVERSIONS.keys() | to_json == set(convert.__all__)
