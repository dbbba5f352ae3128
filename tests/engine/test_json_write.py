"""What we write is what Go writes, byte for byte."""

import base64
import math
from typing import cast

import pytest

from swarmwire import engine
from swarmwire.errors import ConvertError


def written(value):
    return engine.encode(value).decode()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        pytest.param(engine.Version(), "{}", id="empty"),
        pytest.param(engine.Version(index=2**64 - 1), '{"Index":18446744073709551615}', id="u64"),
        pytest.param(engine.Endpoint(), '{"Spec":{}}', id="struct-never-left-out"),
        pytest.param(
            engine.TaskStatus(),
            '{"Timestamp":"0001-01-01T00:00:00Z","PortStatus":{}}',
            id="time-never-left-out",
        ),
        pytest.param(engine.ConfigReferenceRuntimeTarget(), "{}", id="no-fields"),
        pytest.param(engine.Annotations(labels={}), '{"Labels":{}}', id="labels-empty"),
        pytest.param(engine.Annotations(), '{"Labels":null}', id="labels-nil"),
        pytest.param(
            engine.ServiceCreateResponse(id="x"), '{"ID":"x","Warnings":null}', id="warnings-nil"
        ),
        pytest.param(engine.ReplicatedService(replicas=0), '{"Replicas":0}', id="pointer-to-zero"),
        pytest.param(engine.ContainerSpec(init=False), '{"Init":false}', id="pointer-to-false"),
        pytest.param(
            engine.ContainerSpec(stop_grace_period=0), '{"StopGracePeriod":0}', id="pointer-to-0ns"
        ),
        pytest.param(engine.ContainerSpec(tty=True), '{"TTY":true}', id="acronym"),
        pytest.param(
            engine.ContainerSpec(dns_config=engine.DNSConfig(), healthcheck=None, env=[]),
            '{"DNSConfig":{}}',
            id="empty-list-left-out",
        ),
        pytest.param(
            engine.Ulimit(name="nofile", soft=1, hard=2),
            '{"Name":"nofile","Hard":2,"Soft":1}',
            id="dockers-order",
        ),
        pytest.param(
            engine.ServiceSpec(name="n", labels={"b": "2", "a": "1"}),
            '{"Name":"n","Labels":{"a":"1","b":"2"},"TaskTemplate":{"ForceUpdate":0},"Mode":{}}',
            id="embedded-inline",
        ),
        pytest.param(
            engine.RuntimeSpec(
                name="n", remote="r", privileges=[engine.RuntimePrivilege(value=["v"])]
            ),
            '{"name":"n","remote":"r","privileges":[{"value":["v"]}]}',
            id="plugin-lower-case",
        ),
        pytest.param(
            engine.SecretReference(),
            '{"File":null,"SecretID":"","SecretName":""}',
            id="pointer-written-as-null",
        ),
        pytest.param(engine.Swarm().default_addr_pool, "null", id="null"),
        pytest.param(engine.PlacementPreference(), '{"Spread":null}', id="null-struct"),
        pytest.param(engine.ManagerStatus(addr="a"), '{"Addr":"a"}', id="false-left-out"),
        pytest.param([], "[]", id="top-level-list"),
        pytest.param(engine.NetworkResource().labels, "null", id="network-labels"),
        pytest.param(
            engine.PortConfig(target_port=4294967295), '{"TargetPort":4294967295}', id="u32"
        ),
        pytest.param(
            engine.RestartPolicy(delay=-(2**63)), '{"Delay":-9223372036854775808}', id="i64"
        ),
    ],
)
def test_object_is_written_as_go_writes_it(value, text):
    assert written(value) == text


@pytest.mark.parametrize(
    ("text", "json_text"),
    [
        ("<>&'", '"<>&\'"'),
        ('"\\/', '"\\"\\\\/"'),
        ("\b\f\n\r\t", '"\\b\\f\\n\\r\\t"'),
        ("\x00\x01\x1f", '"\\u0000\\u0001\\u001f"'),
        ("\x0b", '"\\u000b"'),
        ("\x7f\x80", '"\x7f\x80"'),
        ("żółć 漢 \U0001f433", '"żółć 漢 \U0001f433"'),
        ("a\u2028b\u2029c", '"a\\u2028b\\u2029c"'),
        ("\ufffd", '"\ufffd"'),
        ("\ufeff", '"\ufeff"'),
    ],
)
def test_text_is_escaped_as_go_escapes_it(text, json_text):
    assert written(engine.SpreadOver(spread_descriptor=text)) == (
        f'{{"SpreadDescriptor":{json_text}}}'
    )
    # In keys too.
    assert written(engine.Annotations(labels={text: ""})) == f'{{"Labels":{{{json_text}:""}}}}'


def test_map_keys_are_in_order_of_their_bytes():
    # In UTF-16, as some languages sort, U+1F433 comes before U+FF5E.
    keys = ["\U0001f433", "\uff5e", "é", "z", "a", "Z", "a.b", "a-b", "", "10", "9", "\u2028"]
    got = written(engine.Annotations(labels=dict.fromkeys(keys, "")))
    ordered = sorted(keys, key=str.encode)
    assert got == ('{"Labels":{' + ",".join(f'"{key}":""' for key in ordered) + "}}").replace(
        "\u2028", "\\u2028"
    )


def test_map_in_free_form_data_is_in_order_too():
    got = written(engine.Volume(status={"b": {"d": 1, "c": [1.5, None, True]}, "a": 1}))
    assert '"Status":{"a":1,"b":{"c":[1.5,null,true],"d":1}}' in got


@pytest.mark.parametrize(
    ("ratio", "text"),
    [
        (0, "0"),
        (0.0, "0"),
        (-0.0, "-0"),
        (1, "1"),
        (1.0, "1"),
        (0.15, "0.15"),
        (0.15000000596046448, "0.15"),
        (0.1, "0.1"),
        (1 / 3, "0.33333334"),
        (0.5, "0.5"),
        (100, "100"),
        (16777216, "16777216"),
        (16777217.0, "16777216"),
        (123456789.0, "123456790"),
        (0.000001, "0.000001"),
        (9.99e-7, "9.99e-7"),
        (1e-7, "1e-7"),
        (1.5e-7, "1.5e-7"),
        (1e-10, "1e-10"),
        (1e-45, "1e-45"),
        (1e20, "100000000000000000000"),
        (1e21, "1e+21"),
        (1.5e21, "1.5e+21"),
        (1e22, "1e+22"),
        (3.4028234663852886e38, "3.4028235e+38"),
        (-0.25, "-0.25"),
        (-1e-7, "-1e-7"),
        (1e-46, "0"),
    ],
)
def test_ratio_is_the_shortest_float32(ratio, text):
    assert written(engine.UpdateConfig(max_failure_ratio=ratio)) == (
        f'{{"Parallelism":0,"MaxFailureRatio":{text},"Order":""}}'
    )


@pytest.mark.parametrize("ratio", [math.inf, -math.inf, math.nan, 1e39, -1e39, 1e300])
def test_ratio_that_go_cannot_write_is_refused(ratio):
    with pytest.raises(ConvertError) as caught:
        engine.encode(engine.UpdateConfig(max_failure_ratio=ratio))
    assert caught.value.kind == "type"


def test_ratio_in_a_text_or_a_key_is_left_alone():
    text = '"MaxFailureRatio":0.10000000149'
    got = written(
        engine.ServiceSpec(
            name=text,
            labels={"MaxFailureRatio": "0.10000000149", text: ""},
            update_config=engine.UpdateConfig(max_failure_ratio=0.10000000149),
        )
    )
    assert '"Name":"\\"MaxFailureRatio\\":0.10000000149"' in got
    assert '"MaxFailureRatio":"0.10000000149"' in got
    assert '"MaxFailureRatio":0.1,' in got


@pytest.mark.parametrize("size", range(7))
def test_bytes_are_padded_base64(size):
    data = bytes(range(250, 250 + min(size, 6)))[:size] if size < 6 else b"\xfb\xff\xfe\x00\x01\x02"
    got = written(engine.ConfigSpec(data=data))
    if data:
        assert got == f'{{"Labels":null,"Data":"{base64.b64encode(data).decode()}"}}'
    else:
        assert got == '{"Labels":null}'


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (None, '{"SizeBytes":1}'),
        ([], '{"SizeBytes":1}'),
        ([[]], '{"SizeBytes":1,"Options":[[]]}'),
        ([None], '{"SizeBytes":1,"Options":[null]}'),
        ([["uid", "1"], ["exec"]], '{"SizeBytes":1,"Options":[["uid","1"],["exec"]]}'),
    ],
)
def test_tmpfs_options_are_left_out_when_empty(options, text):
    assert written(engine.TmpfsOptions(size_bytes=1, options=options)) == text


@pytest.mark.parametrize("mode", [0, 1])
def test_tmpfs_options_between_others_leave_no_comma_behind(mode):
    mount = engine.Mount(type="tmpfs", tmpfs_options=engine.TmpfsOptions(mode=mode, options=[]))
    text = '{"Mode":1}' if mode else "{}"
    assert written(engine.ContainerSpec(mounts=[mount, mount])) == (
        f'{{"Mounts":[{{"Type":"tmpfs","TmpfsOptions":{text}}},'
        f'{{"Type":"tmpfs","TmpfsOptions":{text}}}]}}'
    )


@pytest.mark.parametrize(
    "text",
    ['"Options":[]', '"Options":[],', ",}", '":[],}', '\\"Options":[]', ":[]"],
)
def test_text_that_looks_like_an_empty_list_is_left_alone(text):
    # An empty list elsewhere makes the writer look for empty lists.
    spec = engine.NetworkCreateRequest(name=text, ipam=engine.IPAM(config=[]), labels={text: text})
    again = engine.decode(engine.encode(spec), engine.NetworkCreateRequest)
    assert again == spec


@pytest.mark.parametrize("text", [",}", ',"Options":[]}', "[],}"])
def test_text_beside_empty_tmpfs_options_is_left_alone(text):
    mount = engine.Mount(source=text, tmpfs_options=engine.TmpfsOptions(mode=1, options=[]))
    again = engine.decode(engine.encode(mount), engine.Mount)
    assert again.source == text
    assert again.tmpfs_options == engine.TmpfsOptions(mode=1)


def test_map_that_is_named_like_the_list_is_left_alone():
    volume = engine.Volume(options=None, status={"Options": [], "x": 1})
    assert engine.decode(engine.encode(volume), engine.Volume).status == volume.status


def test_ipam_without_pools_is_written_as_an_empty_list():
    assert written(engine.IPAM(config=[])) == '{"Driver":"","Options":null,"Config":[]}'
    assert written(engine.IPAM()) == '{"Driver":"","Options":null,"Config":null}'


@pytest.mark.parametrize(
    "value",
    [
        pytest.param(object(), id="no-struct"),
        pytest.param(engine.ServiceSpec(name="\ud800"), id="lone-surrogate"),
        pytest.param(
            engine.Annotations(labels=cast("dict[str, str]", {object(): "x"})), id="no-key"
        ),
        pytest.param(engine.ServiceSpec(update_config=object()), id="no-object"),
        pytest.param({1j: 1}, id="complex-key"),
    ],
)
def test_what_json_cannot_say_is_an_error_of_ours(value):
    with pytest.raises(ConvertError) as caught:
        engine.encode(value)
    assert caught.value.kind == "type"


def test_endless_object_is_an_error_of_ours():
    volume = engine.Volume()
    volume.status["again"] = volume.status
    with pytest.raises(ConvertError):
        engine.encode(volume)


def test_secret_is_not_in_the_error_of_an_object_that_cannot_be_written():
    spec = engine.SecretSpec(name="\ud800", data=b"hunter2")
    with pytest.raises(ConvertError) as caught:
        engine.encode(spec)
    assert "hunter2" not in str(caught.value)
    assert "hunter2" not in repr(caught.value.__cause__)


def test_nothing_follows_the_object():
    assert not engine.encode(engine.Version()).endswith(b"\n")
