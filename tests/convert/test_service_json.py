"""The short way from a service's message to JSON gives what the long way gives, to the byte."""

import contextlib
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swarmwire import convert, engine, pb
from swarmwire.errors import ConvertError, DecodeError, FieldError, UnsupportedRuntime
from tests.support.fill import fill
from tests.support.strategies import messages

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


def service(image="nginx"):
    out = pb.Service(id="a")
    out.spec.annotations.name = "web"
    out.spec.task.container.image = image
    out.spec.task.container.mounts.add(target="/data").volume_options.subpath = "x"
    out.spec.task.container.healthcheck.test.append("NONE")
    out.spec.task.placement.constraints.append("node.role==worker")
    out.spec.update.delay.seconds = 1
    out.spec.rollback.delay.seconds = 1
    out.spec.endpoint.ports.add(target_port=80)
    out.endpoint.spec.CopyFrom(out.spec.endpoint)
    return out


def long_way(message, *, lossless=False):
    return engine.encode(convert.service_from_grpc(message, lossless=lossless))


def outcome(work):
    """What ``work`` returns, or how it refuses."""
    try:
        return work()
    except FieldError as err:
        return type(err), str(err)


@pytest.mark.parametrize("lossless", [False, True])
@given(spec=messages(pb.ServiceSpec), previous_spec=messages(pb.ServiceSpec))
@QUICK
def test_any_two_specs(lossless, spec, previous_spec):
    message = pb.Service(spec=spec, previous_spec=previous_spec)
    short = outcome(lambda: convert.service_json_from_grpc(message, lossless=lossless))
    assert short == outcome(lambda: long_way(message, lossless=lossless))


def parts_of_a_spec():
    """Changes of one part of a previous spec, each as a function on it."""
    names = ("update", "rollback", "endpoint", "networks", "annotations")
    for name in names:
        yield name, lambda spec, name=name: spec.ClearField(name)
    for name in ("restart", "placement", "log_driver", "resources", "networks"):
        yield f"task.{name}", lambda spec, name=name: spec.task.ClearField(name)
    for field in pb.ContainerSpec.DESCRIPTOR.fields:
        yield (
            f"task.container.{field.name}",
            lambda spec, name=field.name: spec.task.container.ClearField(name),
        )
        if field.message_type and field.name not in ("mounts", "labels", "sysctls"):
            with contextlib.suppress(AttributeError):
                getattr(pb.ContainerSpec(), field.name).SetInParent()
                yield (
                    f"empty task.container.{field.name}",
                    lambda spec, name=field.name: (
                        spec.task.container.ClearField(name),
                        getattr(spec.task.container, name).SetInParent(),
                    ),
                )


@pytest.mark.parametrize(
    "change", [pytest.param(change, id=name) for name, change in parts_of_a_spec()]
)
@pytest.mark.parametrize("which", ["spec", "previous_spec"])
def test_specs_that_differ_in_one_part(change, which):
    message = service()
    message.spec.task.container.CopyFrom(fill(pb.ContainerSpec))
    message.previous_spec.CopyFrom(message.spec)
    change(getattr(message, which))
    assert convert.service_json_from_grpc(message) == long_way(message)


def test_equal_specs_are_both_written():
    message = service()
    message.previous_spec.CopyFrom(message.spec)
    written = json.loads(convert.service_json_from_grpc(message))
    assert written["PreviousSpec"] == written["Spec"]
    assert convert.service_json_from_grpc(message) == long_way(message)


def test_message_is_left_as_it_was():
    message = service()
    message.previous_spec.CopyFrom(service("nginx:2").spec)
    before = message.SerializeToString(deterministic=True)
    convert.service_json_from_grpc(message)
    assert message.SerializeToString(deterministic=True) == before


def test_object_that_users_get_shares_nothing():
    message = service()
    message.previous_spec.CopyFrom(service("nginx:2").spec)
    convert.service_json_from_grpc(message)
    out = convert.service_from_grpc(message)
    out.spec.task_template.container_spec.mounts.clear()
    out.spec.update_config.parallelism = 9
    out.spec.endpoint_spec.ports.clear()
    previous = out.previous_spec
    assert len(previous.task_template.container_spec.mounts) == 1
    assert previous.update_config.parallelism == 0
    assert out.spec.rollback_config.parallelism == 0
    assert len(out.endpoint.spec.ports) == 1


def test_list_is_the_list_of_its_services():
    services = [service(f"nginx:{number}") for number in range(3)]
    data = pb.ListServicesResponse(services=services).SerializeToString()
    want = engine.encode([convert.service_from_grpc(one) for one in services])
    assert convert.service_list_json_from_grpc(data) == want


def test_list_of_none():
    assert convert.service_list_json_from_grpc(b"") == b"[]"


def test_list_keeps_what_lossless_keeps():
    one = service()
    one.spec.task.container.mounts[0].consistency = 2
    data = pb.ListServicesResponse(services=[one]).SerializeToString()
    assert b"cached" not in convert.service_list_json_from_grpc(data)
    assert b'"Consistency":"cached"' in convert.service_list_json_from_grpc(data, lossless=True)


def test_list_is_repaired_and_says_so():
    data = pb.ListServicesResponse(services=[service("XYZ"), service("XYZ")]).SerializeToString()
    repairs = []
    at = data.rindex(b"XYZ")
    broken = data[:at] + b"X\xffZ" + data[at + 3 :]
    written = json.loads(convert.service_list_json_from_grpc(broken, repairs=repairs))
    assert written[1]["Spec"]["TaskTemplate"]["ContainerSpec"]["Image"] == "X\ufffdZ"
    assert repairs == [("services[1].spec.task.container.image", b"X\xffZ")]
    assert convert.service_list_json_from_grpc(broken)


def test_refused_service_of_a_list_is_named():
    bad = service()
    bad.spec.task.ClearField("container")
    data = pb.ListServicesResponse(services=[service(), bad]).SerializeToString()
    with pytest.raises(UnsupportedRuntime) as caught:
        convert.service_list_json_from_grpc(data)
    assert caught.value.path == "[1].Spec.TaskTemplate.Runtime"


@pytest.mark.parametrize(
    ("data", "path"), [(b"\x0a", ""), (b"\x0a\x05ab", ""), (b"\x0a\x02\x0a\x09", "[1]")]
)
def test_what_is_no_list_is_refused(data, path):
    before = pb.ListServicesResponse(services=[service()]).SerializeToString()
    with pytest.raises(DecodeError) as caught:
        convert.service_list_json_from_grpc(before + data)
    assert caught.value.path == path


def test_other_arguments_are_refused():
    with pytest.raises(ConvertError):
        convert.service_json_from_grpc(b"")
    with pytest.raises(ConvertError):
        convert.service_list_json_from_grpc(pb.ListServicesResponse())


@given(data=st.binary(max_size=60))
@QUICK
def test_any_bytes_are_a_list_or_a_field_error(data):
    with contextlib.suppress(FieldError):
        json.loads(convert.service_list_json_from_grpc(data))
