"""Messages are parsed whole: unknown fields, texts that are not UTF-8, and garbage refused."""

import codecs
from types import SimpleNamespace

import pytest
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmwire import _utf8, pb
from swarmwire.errors import DecodeError
from tests.support.descriptors import our_files
from tests.support.fill import fill

ETCD = ("raftpb", "walpb", "snappb")


ONE_EACH = "one-character-for-each-byte"


def one_each(error):
    return "\ufffd", error.start + 1


codecs.register_error(ONE_EACH, one_each)


def parse(message_type, data):
    repairs = []
    return pb.parse(message_type, data, repairs), repairs


def broken(message, good=b"XYZ", bad=b"X\xffZ"):
    """The bytes of ``message`` with a text in it made bad, at the same length."""
    data = message.SerializeToString(deterministic=True)
    assert good in data
    return data.replace(good, bad)


# Unknown fields


def test_unknown_fields_survive():
    field = (
        b"\xfa\x07\x03abc" + b"\xf0\x07\x2a" + b"\xf5\x07\x01\x02\x03\x04" + b"\xf9\x07" + bytes(8)
    )
    message, repairs = parse(pb.Version, b"\x08\x05" + field)
    assert message.index == 5
    assert repairs == []
    assert message.SerializeToString() == b"\x08\x05" + field


def test_unknown_fields_of_a_repaired_message_survive():
    unknown = b"\xfa\x07\x03a\xffc" + b"\xf0\x07\x2a" + b"\xf5\x07\x01\x02\x03\x04"
    unknown += b"\xf9\x07" + bytes(8) + b"\xfb\x07\x08\x01\x0a\x01\xff\xfc\x07"
    message, repairs = parse(pb.Annotations, b"\x0a\x01\xff" + unknown)
    assert message.name == "\ufffd"
    assert [repair.path for repair in repairs] == ["name"]
    assert message.SerializeToString().endswith(unknown)


def test_unknown_enum_number_survives():
    message, _ = parse(pb.Mount, b"\x08\x63")
    assert message.type == 99
    assert message.SerializeToString() == b"\x08\x63"


# Repairs


REPAIRED = [
    (pb.Annotations(name="XYZ"), ["name"]),
    (pb.Annotations(labels={"XYZ": "v"}), ["labels[X\ufffdZ].key"]),
    (pb.Annotations(labels={"k": "XYZ"}), ["labels[k].value"]),
    (pb.Annotations(indices=[pb.IndexEntry(), pb.IndexEntry(val="XYZ")]), ["indices[1].val"]),
    (pb.ContainerSpec(env=["A", "XYZ", "B", "XYZ"]), ["env[1]", "env[3]"]),
    (pb.ServiceSpec(task={"container": {"image": "XYZ"}}), ["task.container.image"]),
    (
        pb.Service(spec={"task": {"container": {"env": ["XYZ"]}}}, previous_spec={"task": {}}),
        ["spec.task.container.env[0]"],
    ),
    (
        pb.ListServicesResponse(services=[pb.Service(id="a"), pb.Service(id="XYZ")]),
        ["services[1].id"],
    ),
    (pb.Secret(id="XYZ", spec={"data": b"\xff\xfe"}), ["id"]),
]


@pytest.mark.parametrize(("message", "paths"), REPAIRED)
def test_text_that_is_no_utf_8_is_repaired_and_told(message, paths):
    got, repairs = parse(type(message), broken(message))
    assert [repair.original for repair in repairs] == [b"X\xffZ"] * len(paths)
    assert [_without_entry(repair.path) for repair in repairs] == [
        _without_entry(path) for path in paths
    ]
    # Nothing else has changed.
    again = got.SerializeToString(deterministic=True)
    assert again.replace("X\ufffdZ".encode(), b"X__Z?").count(b"X__Z?") == len(paths)
    assert type(message).FromString(again) == got


def _without_entry(path):
    return path.removesuffix(".key").removesuffix(".value")


def test_good_parts_of_a_repaired_message_are_as_they_were():
    message = fill(pb.Service)
    message.id = "XYZ"
    got, repairs = parse(pb.Service, broken(message))
    assert [repair.path for repair in repairs] == ["id"]
    assert got.id == "X\ufffdZ"
    got.id = "XYZ"
    assert got == message


@pytest.mark.parametrize(
    ("bad", "text"),
    [
        (b"\xff", "\ufffd"),
        (b"\xe2\x82", "\ufffd\ufffd"),
        (b"\xed\xa0\x80", "\ufffd\ufffd\ufffd"),
        (b"\xc0\x80", "\ufffd\ufffd"),
        (b"\xf4\x90\x80\x80", "\ufffd\ufffd\ufffd\ufffd"),
        ("é".encode() + b"\xc3", "é\ufffd"),
    ],
)
def test_each_bad_byte_becomes_one_character(bad, text):
    message, _ = parse(pb.Annotations, b"\x0a" + bytes([len(bad)]) + bad)
    assert message.name == text


def test_repairs_need_not_be_asked_for():
    assert pb.parse(pb.Annotations, b"\x0a\x01\xff").name == "\ufffd"


def test_repairs_are_appended():
    repairs = ["before"]
    pb.parse(pb.Annotations, b"\x0a\x01\xff", repairs)
    assert len(repairs) == 2


def test_clean_message_has_no_repairs():
    message = fill(pb.Service)
    assert parse(pb.Service, message.SerializeToString()) == (message, [])


def test_key_of_a_map_may_come_late_or_not_at_all():
    late = b"\x12\x06\x12\x01\xff\x0a\x01k"
    message, repairs = parse(pb.Annotations, late)
    assert dict(message.labels) == {"k": "\ufffd"}
    assert _without_entry(repairs[0].path) == "labels[k]"
    message, repairs = parse(pb.Annotations, b"\x12\x03\x12\x01\xff")
    assert dict(message.labels) == {"": "\ufffd"}
    # An entry with a field that is neither key nor value.
    _, repairs = parse(pb.Annotations, b"\x12\x05\x18\x01\x12\x01\xff")
    assert _without_entry(repairs[0].path) == "labels[]"


def test_list_is_told_by_old_and_new_protobuf():
    # protobuf 7 has no `label`, and versions before 6 no `is_repeated`.
    field = FieldDescriptor.LABEL_REPEATED if hasattr(FieldDescriptor, "LABEL_REPEATED") else 3
    assert _utf8._repeated(SimpleNamespace(is_repeated=True)) is True
    assert _utf8._repeated(SimpleNamespace(label=field)) is True
    assert _utf8._repeated(SimpleNamespace(label=1)) is False


# Refusals


@pytest.mark.parametrize(
    "data",
    [
        b"\x0a",
        b"\x0a\x05ab",
        b"\x0a\x05\xff",
        b"\xff" * 20,
        b"\x0a\x01\xff\x0a",
        b"\x0a\x01\xff\x0f",
        b"\x0a\x01\xff\x08\x80",
        b"\x0a\x01\xff\xfb\x07",
        b"\x0a\x01\xff\xf9\x07\x01",
        b"\x0a\x01\xff\xf5\x07\x01",
        b"\x0a\x01\xff\xfa\x07\x05a",
        b"\x0a\x01\xff" + b"\x80" * 11 + b"\x01",
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        b"\x0a\x01\xff\x00",
        b"\x0a\x01\xff\x12\x02\x0a\x05",
        b"\x0a\x01\xff\x12\x04\x0f\x0a\x01a",
    ],
)
def test_garbage_is_refused(data):
    with pytest.raises(DecodeError) as caught:
        pb.parse(pb.Annotations, data)
    assert (caught.value.path, caught.value.kind) == ("", "type")
    assert caught.value.reason == f"{len(data)} bytes that are not a Annotations message" or (
        "Annotations" in caught.value.reason
    )


@pytest.mark.parametrize("size", range(0, 200, 7))
def test_message_that_breaks_off_is_refused_or_read(size):
    data = fill(pb.Service).SerializeToString()
    for cut in (data[:size], data[:-size] if size else data, b"\x0a\x01\xff" + data[:size]):
        try:
            pb.parse(pb.Service, cut)
        except DecodeError as error:
            assert error.kind == "type"  # noqa: PT017


@pytest.mark.parametrize("data", [None, "text", 1, [], {}, object(), 1.5])
def test_what_is_no_bytes_is_refused(data):
    with pytest.raises(DecodeError) as caught:
        pb.parse(pb.Service, data)
    assert caught.value.reason == f"expected bytes, got {type(data).__name__}"


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_anything_like_bytes_is_read(kind):
    assert pb.parse(pb.Annotations, kind(b"\x0a\x01a")).name == "a"
    assert pb.parse(pb.Annotations, kind(b"\x0a\x01\xff")).name == "\ufffd"


def test_deep_nesting_is_refused():
    # A group within a group within a group ...
    for data in (b"\xfb\x07" * 100_000, b"\x0a\x01\xff" + b"\xfb\x07" * 100_000):
        with pytest.raises(DecodeError):
            pb.parse(pb.Annotations, data)


def test_secret_is_not_in_the_error():
    with pytest.raises(DecodeError) as caught:
        pb.parse(pb.Secret, b"\x0a\x20hunter2")
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value.__cause__)


@given(
    st.binary(max_size=60), st.sampled_from([pb.Service, pb.Annotations, pb.InternalRaftRequest])
)
@settings(max_examples=200, deadline=None)
def test_any_bytes_are_a_message_or_an_error_of_ours(data, message_type):
    repairs = []
    try:
        message = pb.parse(message_type, data, repairs)
    except DecodeError:
        return
    again = message.SerializeToString()
    assert pb.parse(message_type, again) == message or message != message


@given(
    st.text(max_size=5),
    st.binary(max_size=8),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3), max_size=3),
)
@settings(max_examples=200, deadline=None)
def test_repair_changes_the_bad_text_only(name, bad, labels):
    message = pb.Service(id="XYZ", spec={"annotations": {"name": name, "labels": labels}})
    data = message.SerializeToString()
    data = data.replace(b"\x0a\x03XYZ", b"\x0a" + bytes([len(bad)]) + bad, 1)
    got = pb.parse(pb.Service, data)
    assert got.spec == message.spec
    assert got.id == bad.decode("utf-8", "surrogateescape").encode(
        "utf-8", "surrogateescape"
    ).decode("utf-8", ONE_EACH)


# The door


def test_door_has_every_message_and_enum_of_swarmkit():
    for name, file in our_files().items():
        if name.startswith("swarmkit/"):
            for short in (*file.message_types_by_name, *file.enum_types_by_name):
                assert short in pb.__all__, f"{name}: {short}"
                assert getattr(pb, short).DESCRIPTOR.file.name == name
        elif name.startswith("etcd/"):
            module = getattr(pb, file.package)
            for short in file.message_types_by_name:
                assert getattr(module, short).DESCRIPTOR.full_name == f"{file.package}.{short}"


def test_door_has_nothing_else():
    ours = {
        short
        for file in our_files().values()
        for short in (*file.message_types_by_name, *file.enum_types_by_name)
    }
    googles = {"Any", "BoolValue", "Duration", "Int64Value", "Timestamp", "Message"}
    doors = {*ETCD, "netextra", "parse", "Repair"}
    assert set(pb.__all__) <= ours | googles | doors
    assert googles | doors <= set(pb.__all__)
    assert len(pb.__all__) == len(set(pb.__all__))


def test_every_message_of_the_door_parses_nothing_as_empty():
    for name in pb.__all__:
        message_type = getattr(pb, name)
        is_type = isinstance(message_type, type) and issubclass(message_type, Message)
        if is_type and message_type is not Message:
            assert pb.parse(message_type, b"") == message_type()
