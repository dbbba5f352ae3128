"""Whatever is given, check answers with findings, and changes nothing."""

import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from swarmwire import convert, engine
from swarmwire.check import SEVERITIES, Finding, check
from swarmwire.check._objects import fields_of
from swarmwire.check._subjects import SUBJECTS
from swarmwire.convert import enums
from swarmwire.engine.versions import VERSIONS

TABLES = [table for table in vars(enums).values() if isinstance(table, enums.EnumTable)]
ALL_WORDS = sorted({word for table in TABLES for word in table.words})

STRINGS = st.one_of(
    st.sampled_from(ALL_WORDS),
    st.sampled_from(["", "a", "/a", "a b", "{{", "{{.Node.ID}}", "A=1", "node.role==worker", "Ü"]),
    st.text(max_size=5),
)
EDGES = [0, 1, 5, -1, 2**31, 2**32 - 1, 2**32, 2**63 - 1, 2**63, 2**64 - 1]
JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([-(2**63) - 1, 2**64, 10**40, float("nan"), float("inf"), 1e300]),
    st.sampled_from(["\ud800", b"\xff", {"a": object()}, {1: 2}, [[]], (), object(), int]),
    st.builds(engine.Mount),
)


def integers(shape):
    highest = 2**64 - 1 if shape.le is None else shape.le
    edges = [edge for edge in EDGES if shape.ge <= edge <= highest]
    return st.sampled_from(edges)


def values(type_, junk):
    types = type_.types if isinstance(type_, inspect.UnionType) else [type_]
    shape = next(one for one in types if not isinstance(one, inspect.NoneType))
    kinds = [good_values(shape, junk)] * 3 + [st.none()] * (len(types) > 1) + [JUNK] * junk
    return st.one_of(*kinds)


def good_values(shape, junk):
    match shape:
        case inspect.StructType():
            return objects(shape.cls, junk=junk)
        case inspect.ListType():
            return st.lists(values(shape.item_type, junk), max_size=3)
        case inspect.DictType():
            return st.dictionaries(STRINGS, values(shape.value_type, junk), max_size=2)
        case inspect.IntType():
            return integers(shape)
        case inspect.FloatType():
            return st.floats(width=32, allow_infinity=False)
        case inspect.BoolType():
            return st.booleans()
        case inspect.BytesType():
            return st.binary(max_size=3)
        case _:
            return STRINGS


@st.composite
def objects(draw, cls, *, junk=False):
    """An object with some of its fields set; with ``junk``, to values of any type."""
    out = cls()
    fields = fields_of(cls)
    if not fields:
        return out
    shape: Any = inspect.type_info(cls)
    info = {field.encode_name: field.type for field in shape.fields}
    chosen = draw(st.lists(st.sampled_from(sorted(fields)), max_size=6, unique=True))
    for name in chosen:
        setattr(out, fields[name].attribute, draw(values(info[name], junk)))
    return out


def checked(spec, **options):
    findings = check(spec, **options)
    assert all(isinstance(finding, Finding) for finding in findings)
    assert all(finding.severity in SEVERITIES for finding in findings)
    assert len({repr(finding) for finding in findings}) == len(findings)
    ranks = [finding.severity != "error" for finding in findings]
    assert ranks == sorted(ranks)
    return findings


SETTINGS = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
API_VERSIONS = st.sampled_from(["", *VERSIONS])


@SETTINGS
@given(objects(engine.ServiceSpec), API_VERSIONS)
def test_any_service(spec, version):
    before = repr(spec)
    findings = checked(spec, api_version=version)
    assert repr(spec) == before
    refused = any(f.severity == "error" and f.source == "engine" for f in findings)
    try:
        convert.service_spec_to_grpc(engine.adjust_for_api_version(spec, version))
    except ValueError:
        assert refused


@SETTINGS
@given(objects(engine.ServiceSpec, junk=True), API_VERSIONS)
def test_any_service_with_values_of_any_type(spec, version):
    before = repr(spec)
    checked(spec, api_version=version)
    assert repr(spec) == before


@SETTINGS
@given(st.sampled_from(list(SUBJECTS)).flatmap(lambda cls: objects(cls, junk=True)))
def test_any_object_with_values_of_any_type(spec):
    checked(spec)


@SETTINGS
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=3),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from([*sorted(fields_of(engine.ServiceSpec)), "name", "x"]), inner
            )
        ),
    ),
    st.sampled_from(list(SUBJECTS)),
)
def test_any_json(document, type_):
    findings = checked(json.dumps(document), type_=type_)
    if all(finding.source != "json" for finding in findings):
        # what is read is not copied once more; that must make no difference
        assert check(engine.decode(json.dumps(document), type_)) == findings


@SETTINGS
@given(st.binary(max_size=40) | st.text(max_size=40))
def test_any_text(data):
    checked(data)


CONTAINER = "TaskTemplate.ContainerSpec"


def service(**container):
    spec = engine.ServiceSpec(name="a")
    spec.task_template.container_spec = engine.ContainerSpec(image="a")
    for name, value in container.items():
        setattr(spec.task_template.container_spec, name, value)
    return spec


@pytest.mark.parametrize(
    ("container", "path", "code", "rule"),
    [
        ({"tty": 1}, "TTY", "type", "expected true or false, got int"),
        ({"image": b"a"}, "Image", "type", "expected a string, got bytes"),
        ({"image": None}, "Image", "type", "expected a string, got null"),
        ({"oom_score_adj": True}, "OomScoreAdj", "type", "expected an integer, got bool"),
        (
            {"oom_score_adj": 2**63},
            "OomScoreAdj",
            "range",
            "must be between -9223372036854775808 and 9223372036854775807",
        ),
        ({"healthcheck": {}}, "Healthcheck", "type", "expected an object of type Healthcheck"),
        ({"env": "A=1"}, "Env", "type", "expected a list, got str"),
        ({"env": ["A=1", 2, "B"]}, "Env[1]", "type", "expected a string, got int"),
        ({"labels": {"a": 1}}, "Labels[a]", "type", "expected a string, got int"),
        ({"labels": {1: "a"}}, "Labels", "type", "expected strings as keys, got int"),
        ({"labels": {"\ud800": "a"}}, "Labels", "type", "a text with a lone surrogate"),
        ({"hostname": "\udfff"}, "Hostname", "type", "a text with a lone surrogate"),
        ({"mounts": [None]}, "Mounts[0]", "type", "expected an object of type Mount, got null"),
    ],
)
def test_values_of_the_wrong_type(container, path, code, rule):
    (finding,) = check(service(**container))
    assert (finding.severity, finding.source) == ("error", "engine")
    assert (finding.path, finding.code) == (f"{CONTAINER}.{path}", f"engine-{code}")
    assert finding.rule.startswith(rule)


def test_tuples_pass_for_lists():
    assert check(service(env=("A=1",), mounts=())) == []


def test_a_field_that_is_not_set():
    spec = service()
    del spec.name
    del spec.task_template.container_spec.image
    findings = check(spec)
    assert [(finding.path, finding.code, finding.rule) for finding in findings] == [
        ("Name", "engine-missing", "is not set"),
        (f"{CONTAINER}.Image", "engine-missing", "is not set"),
    ]


def test_addresses_that_are_none():
    dns_config: Any = engine.DNSConfig()
    dns_config.nameservers = ["8.8.8.8", 7, "bogus", "9.9.9.9", "1.2.3.4.5", ""]
    findings = check(service(dns_config=dns_config))
    at = f"{CONTAINER}.DNSConfig.Nameservers"
    assert [finding.path for finding in findings] == [f"{at}[{index}]" for index in (1, 2, 4, 5)]
    assert findings[1].rule == 'ParseAddr("bogus"): unable to parse IP'

    config: Any = engine.NetworkIPAMConfig()
    config.subnet = "10.0.0.0"
    config.auxiliary_addresses = {"a": "10.0.0.1", "b": "x"}
    bad: Any = 7
    network = engine.NetworkCreateRequest(
        name="n", driver="overlay", ipam=engine.IPAM(driver="default", config=[bad, config])
    )
    findings = check(network)
    errors = [finding.path for finding in findings if finding.severity == "error"]
    assert errors == [
        "IPAM.Config[0]",
        "IPAM.Config[1].Subnet",
        "IPAM.Config[1].AuxiliaryAddresses[b]",
    ]


def test_what_is_taken_out_moves_no_path():
    mounts: list[Any] = [
        engine.Mount(type="volume", target=f"/{number}", consistency="cached")
        for number in range(6)
    ]
    for index in (0, 3):
        mounts[index] = 7
    mounts[5].type = "bind"
    findings = check(service(mounts=mounts, secrets=[None, None, engine.SecretReference()]))
    assert [
        f"{finding.severity} {finding.path.removeprefix(CONTAINER)}" for finding in findings
    ] == [
        "error .Mounts[0]",
        "error .Mounts[3]",
        "error .Mounts[5].Source",
        "error .Secrets[0]",
        "error .Secrets[1]",
        "error .Secrets[2].File",
        "error .Secrets[2].SecretID",
        "lost .Mounts[1].Consistency",
        "lost .Mounts[2].Consistency",
        "lost .Mounts[4].Consistency",
        "lost .Mounts[5].Consistency",
    ]
