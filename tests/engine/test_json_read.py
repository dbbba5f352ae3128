"""What the engine reads we read, as it does; what it refuses we refuse, and say where."""

import base64
import contextlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from swarmwire import engine
from swarmwire.engine import KeyFinding
from swarmwire.errors import DecodeError, SwarmwireError


def read(text, type_=engine.ServiceSpec):
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    return engine.decode(data, type_)


def found(text, type_=engine.ServiceSpec):
    findings = []
    engine.decode(text.encode(), type_, findings)
    return findings


def refusal(text, type_=engine.ServiceSpec):
    with pytest.raises(DecodeError) as caught:
        read(text, type_)
    return caught.value


# Keys


@pytest.mark.parametrize("key", ["Name", "name", "NAME", "nAmE"])
def test_key_matches_in_any_case(key):
    assert read(f'{{"{key}":"web"}}').name == "web"


def test_docker_pys_lower_case_mode_is_read():
    spec = read('{"Mode":{"replicated":{"Replicas":2}}}')
    assert spec.mode.replicated == engine.ReplicatedService(replicas=2)
    assert read('{"Mode":{"global":{}}}').mode.global_ == engine.GlobalService()


@pytest.mark.parametrize(
    ("key", "attribute"),
    [("Tas\u212aTemplate", None), ("Tas\u212atemplate", None), ("Mode", None)],
)
def test_kelvin_sign_is_a_k(key, attribute):
    assert read(f'{{"{key}":{{}}}}') == engine.ServiceSpec()
    if "\u212a" in key:
        assert found(f'{{"{key}":{{}}}}') == [KeyFinding("case", key, "TaskTemplate")]


def test_long_s_is_an_s():
    assert read('{"Label\u017f":{"a":"b"}}').labels == {"a": "b"}
    assert read('{"\u017fecretID":"x"}', engine.SecretReference).secret_id == "x"


def test_other_letters_do_not_fold():
    # Turkish dotted I is no i, and full-width letters are none either.
    assert found('{"L\u0130mits":{}}', engine.ResourceRequirements)[0].kind == "unknown"
    assert found('{"\uff2eame":"x"}')[0].kind == "unknown"


def test_exact_key_wins_over_nothing_but_later_one_overwrites():
    assert read('{"Name":"a","name":"b"}').name == "b"
    assert read('{"name":"b","Name":"a"}').name == "a"


def test_keys_of_maps_keep_their_case():
    assert read('{"Labels":{"a":"1","A":"2"}}').labels == {"a": "1", "A": "2"}
    assert found('{"Labels":{"a":"1","A":"2"}}') == []


def test_unknown_key_is_passed_over_at_every_level():
    text = '{"X":{"Name":[1]},"TaskTemplate":{"Y":1,"ContainerSpec":{"Image":"i","Z":null}}}'
    assert read(text).task_template.container_spec == engine.ContainerSpec(image="i")
    assert [finding[:2] for finding in found(text)] == [
        ("unknown", "X"),
        ("unknown", "TaskTemplate.Y"),
        ("unknown", "TaskTemplate.ContainerSpec.Z"),
    ]


def test_unknown_key_in_another_types_error_is_not_noticed():
    assert read('{"Whatever":18446744073709551616}').name == ""
    assert read('{"Whatever":1e999}').name == ""


def test_findings_name_the_key_meant():
    text = (
        '{"Nmae":"x","labels":{},"TaskTemplate":{"ContainerSpec":{"Imaeg":"x","tty":true,'
        '"Mounts":[{},{"Sorce":"a"}]}},"Name":"a","Name":"b","Qqqqqq":1}'
    )
    assert found(text) == [
        KeyFinding("unknown", "Nmae", "Name"),
        KeyFinding("case", "labels", "Labels"),
        KeyFinding("unknown", "TaskTemplate.ContainerSpec.Imaeg", "Image"),
        KeyFinding("case", "TaskTemplate.ContainerSpec.tty", "TTY"),
        KeyFinding("unknown", "TaskTemplate.ContainerSpec.Mounts[1].Sorce", "Source"),
        KeyFinding("duplicate", "Name", "Name"),
        KeyFinding("unknown", "Qqqqqq", ""),
    ]


def test_key_twice_in_a_map_is_found():
    text = '{"Labels":{"com.example":"1","com.example":"2"}}'
    assert read(text).labels == {"com.example": "2"}
    assert found(text) == [KeyFinding("duplicate", "Labels[com.example]", "com.example")]


def test_repeated_key_that_is_spelt_with_an_escape_is_found():
    text = '{"Name":"a","N\\u0061me":"b"}'
    assert read(text).name == "b"
    assert [finding.kind for finding in found(text)] == ["duplicate"]


def test_colon_that_is_spelt_with_an_escape_hides_no_repeated_key():
    assert read('{"Labels":{"a":"\\u003a"},"Labels":{"b":"x"}}').labels == {"a": ":", "b": "x"}


def test_clean_text_has_no_findings():
    text = json.dumps({"Name": "a:b", "Labels": {"a:b": 'c"}:{'}, "TaskTemplate": {}})
    assert found(text) == []


def test_findings_are_appended():
    findings = [KeyFinding("unknown", "before", "")]
    engine.decode(b'{"name":"x"}', engine.ServiceSpec, findings)
    assert len(findings) == 2


def test_no_findings_of_what_is_refused():
    findings = []
    with pytest.raises(DecodeError):
        engine.decode(b'{"name":"x","Labels":1}', engine.ServiceSpec, findings)
    assert findings == []


# null


def test_null_at_the_top_is_an_empty_object():
    assert read("null") == engine.ServiceSpec()
    assert read(" \n null\t") == engine.ServiceSpec()


@pytest.mark.parametrize(
    ("text", "type_", "want"),
    [
        ('{"Name":null}', engine.ServiceSpec, engine.ServiceSpec()),
        ('{"Name":"a","Name":null}', engine.ServiceSpec, engine.ServiceSpec(name="a")),
        ('{"Labels":null}', engine.ServiceSpec, engine.ServiceSpec()),
        ('{"Labels":{"a":"b"},"Labels":null}', engine.ServiceSpec, engine.ServiceSpec()),
        ('{"TaskTemplate":null}', engine.ServiceSpec, engine.ServiceSpec()),
        (
            '{"Mode":{"Global":{}},"Mode":null}',
            engine.ServiceSpec,
            engine.ServiceSpec(mode=engine.ServiceMode(global_=engine.GlobalService())),
        ),
        ('{"Replicas":3,"Replicas":null}', engine.ReplicatedService, engine.ReplicatedService()),
        ('{"Init":true,"Init":null}', engine.ContainerSpec, engine.ContainerSpec()),
        ('{"TTY":true,"TTY":null}', engine.ContainerSpec, engine.ContainerSpec(tty=True)),
        ('{"Env":["A=1"],"Env":null}', engine.ContainerSpec, engine.ContainerSpec()),
        ('{"OomScoreAdj":5,"OomScoreAdj":null}', engine.ContainerSpec,
         engine.ContainerSpec(oom_score_adj=5)),
        ('{"Data":"aGk=","Data":null}', engine.ConfigSpec, engine.ConfigSpec()),
        ('{"Data":null}', engine.ConfigSpec, engine.ConfigSpec()),
        ('{"MaxFailureRatio":0.5,"MaxFailureRatio":null}', engine.UpdateConfig,
         engine.UpdateConfig(max_failure_ratio=0.5)),
        ('{"Env":["a",null]}', engine.ContainerSpec, engine.ContainerSpec(env=["a", ""])),
        ('{"Labels":{"a":null}}', engine.ServiceSpec, engine.ServiceSpec(labels={"a": ""})),
        ('{"Secrets":[null]}', engine.ContainerSpec, engine.ContainerSpec(secrets=[None])),
        ('{"Ports":[null]}', engine.EndpointSpec, engine.EndpointSpec(ports=[engine.PortConfig()])),
        ('{"Options":[null,["a",null]]}', engine.TmpfsOptions,
         engine.TmpfsOptions(options=[None, ["a", ""]])),
        ('{"Options":[]}', engine.TmpfsOptions, engine.TmpfsOptions(options=[])),
        ('{"Options":null}', engine.TmpfsOptions, engine.TmpfsOptions()),
        ('{"Timestamp":null}', engine.TaskStatus, engine.TaskStatus()),
        ('{"Nameservers":[null,""]}', engine.DNSConfig, engine.DNSConfig(nameservers=["", ""])),
        ('{"Subnet":null,"Gateway":null}', engine.NetworkIPAMConfig, engine.NetworkIPAMConfig()),
        ('{"AuxiliaryAddresses":{"a":null}}', engine.NetworkIPAMConfig,
         engine.NetworkIPAMConfig(auxiliary_addresses={"a": ""})),
        ('{"DefaultAddrPool":[null]}', engine.InitRequest,
         engine.InitRequest(default_addr_pool=[""])),
        ('{"Containers":{"a":null}}', engine.NetworkInspect,
         engine.NetworkInspect(containers={"a": engine.EndpointResource()})),
        ('{"Status":null}', engine.Volume, engine.Volume()),
    ],
)  # fmt: skip
def test_null_is_what_go_makes_of_it(text, type_, want):
    assert read(text, type_) == want


# Repeated keys


@pytest.mark.parametrize(
    ("text", "type_", "want"),
    [
        ('{"Name":"a","Name":"b"}', engine.ServiceSpec, engine.ServiceSpec(name="b")),
        (
            '{"Limits":{"Pids":1},"Limits":{"NanoCPUs":2}}',
            engine.ResourceRequirements,
            engine.ResourceRequirements(limits=engine.Limit(pids=1, nano_cpus=2)),
        ),
        (
            '{"Limits":{"Pids":1},"Limits":null,"Limits":{"NanoCPUs":2}}',
            engine.ResourceRequirements,
            engine.ResourceRequirements(limits=engine.Limit(nano_cpus=2)),
        ),
        (
            '{"Labels":{"a":"1","b":"2"},"Labels":{"b":"3"}}',
            engine.ServiceSpec,
            engine.ServiceSpec(labels={"a": "1", "b": "3"}),
        ),
        (
            '{"Labels":{"a":"1"},"Labels":null,"Labels":{"b":"3"}}',
            engine.ServiceSpec,
            engine.ServiceSpec(labels={"b": "3"}),
        ),
        (
            '{"Env":["a","b"],"Env":["c"]}',
            engine.ContainerSpec,
            engine.ContainerSpec(env=["c"]),
        ),
        (
            '{"Ports":[{"Name":"a","TargetPort":1},{"Name":"b"}],"Ports":[{"TargetPort":2}]}',
            engine.EndpointSpec,
            engine.EndpointSpec(ports=[engine.PortConfig(name="a", target_port=2)]),
        ),
        (
            (
                '{"Ports":[{"Name":"a"},{"Name":"b"}],"Ports":[{"TargetPort":2}],'
                '"Ports":[{},{"TargetPort":3}]}'
            ),
            engine.EndpointSpec,
            engine.EndpointSpec(
                ports=[
                    engine.PortConfig(name="a", target_port=2),
                    engine.PortConfig(name="b", target_port=3),
                ]
            ),
        ),
        (
            '{"Ports":[{"Name":"a"}],"Ports":[],"Ports":[{"TargetPort":2}]}',
            engine.EndpointSpec,
            engine.EndpointSpec(ports=[engine.PortConfig(target_port=2)]),
        ),
        (
            '{"Ports":[{"Name":"a"}],"Ports":null,"Ports":[{"TargetPort":2}]}',
            engine.EndpointSpec,
            engine.EndpointSpec(ports=[engine.PortConfig(target_port=2)]),
        ),
        (
            '{"Ports":[{"Name":"a"}],"Ports":[{"TargetPort":2},{"TargetPort":3}]}',
            engine.EndpointSpec,
            engine.EndpointSpec(
                ports=[
                    engine.PortConfig(name="a", target_port=2),
                    engine.PortConfig(target_port=3),
                ]
            ),
        ),
        (
            '{"Mode":{"Replicated":{"Replicas":1}},"mode":{"replicated":{}}}',
            engine.ServiceSpec,
            engine.ServiceSpec(
                mode=engine.ServiceMode(replicated=engine.ReplicatedService(replicas=1))
            ),
        ),
    ],
)
def test_repeated_keys_merge_as_in_go(text, type_, want):
    assert read(text, type_) == want


def test_repeated_key_in_one_element_of_a_list_merges():
    text = '{"Ports":[{"Name":"a","TargetPort":1,"Name":"b"}]}'
    assert read(text, engine.EndpointSpec).ports == [engine.PortConfig(name="b", target_port=1)]


# Bytes


@pytest.mark.parametrize(
    ("json_text", "data"),
    [
        ('"aGVsbG8="', b"hello"),
        ('"aGVs\\nbG8="', b"hello"),
        ('"aGVs\\r\\nbG8=\\n"', b"hello"),
        ('""', b""),
        ('"\\n"', b""),
        ("[104,105]", b"hi"),
        ("[]", b""),
        ("[0,255]", b"\x00\xff"),
        ("[null,1]", b"\x00\x01"),
        ('"+/+/"', b"\xfb\xff\xbf"),
    ],
)
def test_bytes_are_base64_or_a_list_of_numbers(json_text, data):
    assert read(f'{{"Data":{json_text}}}', engine.SecretSpec).data == data
    assert read(f'{{"Profile":{json_text}}}', engine.SeccompOpts).profile == data


@pytest.mark.parametrize(
    ("json_text", "kind"),
    [
        ('"aGVsbG8"', "type"),
        ('"aGVsbG8_"', "type"),
        ('"aGVs bG8="', "type"),
        ('"aGVsbG8=x"', "type"),
        ('"===="', "type"),
        ('"a"', "type"),
        ('"!"', "type"),
        ('"żółć"', "type"),
        ("[256]", "range"),
        ("[-1]", "range"),
        ("[1.5]", "range"),
        ('["a"]', "range"),
        ("[1000000000000000000000000]", "range"),
        ("12", "type"),
        ("{}", "type"),
        ("true", "type"),
    ],
)
def test_bytes_in_another_form_are_refused(json_text, kind):
    error = refusal(f'{{"Data":{json_text}}}', engine.SecretSpec)
    assert (error.path, error.kind) == ("Data", kind)


@pytest.mark.parametrize("json_text", ['"hunter2hunter2!"', "[104,117,1110]", '"hunter2"'])
def test_secret_is_not_in_the_error(json_text):
    error = refusal(f'{{"Data":{json_text}}}', engine.SecretSpec)
    chain = [error, error.__cause__, error.__context__]
    assert not any("hunter2" in repr(one) or "1110" in repr(one) for one in chain)


# Numbers


@pytest.mark.parametrize(
    ("field", "type_", "low", "high"),
    [
        ("TargetPort", engine.PortConfig, 0, 2**32 - 1),
        ("Mode", engine.TmpfsOptions, 0, 2**32 - 1),
        ("SubnetSize", engine.InitRequest, 0, 2**32 - 1),
        ("ForceUpdate", engine.TaskSpec, 0, 2**64 - 1),
        ("Replicas", engine.ReplicatedService, 0, 2**64 - 1),
        ("Index", engine.Version, 0, 2**64 - 1),
        ("OomScoreAdj", engine.ContainerSpec, -(2**63), 2**63 - 1),
        ("StopGracePeriod", engine.ContainerSpec, -(2**63), 2**63 - 1),
        ("MemoryBytes", engine.Limit, -(2**63), 2**63 - 1),
        ("NanoCPUs", engine.Limit, -(2**63), 2**63 - 1),
        ("TaskHistoryRetentionLimit", engine.OrchestrationConfig, -(2**63), 2**63 - 1),
    ],
)
def test_integers_have_gos_width(field, type_, low, high):
    for number in (low, high, 0):
        assert json.loads(engine.encode(read(f'{{"{field}":{number}}}', type_))).get(field, 0) == (
            number
        )
        # The slow reading has the same bounds.
        assert read(f'{{"{field}":{number},"x":0}}', type_) == read(
            f'{{"{field}":{number}}}', type_
        )
    for number in (low - 1, high + 1, 10**30, -(10**30), 10**400):
        for text in (f'{{"{field}":{number}}}', f'{{"x":0,"{field.lower()}":{number}}}'):
            error = refusal(text, type_)
            assert (error.path.lower(), error.kind) == (field.lower(), "range")


@pytest.mark.parametrize("number", ["1.5", "1e3", "1.0", "-0.5", "1E2"])
@pytest.mark.parametrize("field", ["Pids", "pids"])
def test_integer_must_be_written_as_one(number, field):
    error = refusal(f'{{"{field}":{number}}}', engine.Limit)
    assert error.path == field
    assert error.kind in ("range", "type")


@pytest.mark.parametrize("value", ['"10s"', '"1"', "true", "{}", "[]"])
def test_duration_must_be_a_number(value):
    error = refusal(f'{{"Delay":{value}}}', engine.RestartPolicy)
    assert (error.path, error.kind) == ("Delay", "type")


def test_minus_zero_is_zero():
    assert read('{"Pids":-0}', engine.Limit).pids == 0


@pytest.mark.parametrize("value", ["1", '"true"', "0", "{}"])
def test_boolean_must_be_one(value):
    error = refusal(f'{{"TTY":{value}}}', engine.ContainerSpec)
    assert (error.path, error.kind) == ("TTY", "type")


@pytest.mark.parametrize(
    ("text", "ratio"),
    [("0.15", 0.15), ("1", 1.0), ("1e-7", 1e-7), ("0", 0.0), ("3.4e38", 3.4e38), ("-1", -1.0)],
)
def test_ratio_is_a_float(text, ratio):
    for suffix in ("", ',"x":1'):
        spec = read(f'{{"MaxFailureRatio":{text}{suffix}}}', engine.UpdateConfig)
        assert spec.max_failure_ratio == ratio


@pytest.mark.parametrize("text", ["1e39", "-1e39", "1e999", "-1e999"])
def test_ratio_beyond_32_bits_is_refused(text):
    for suffix in ("", ',"x":1'):
        error = refusal(f'{{"MaxFailureRatio":{text}{suffix}}}', engine.UpdateConfig)
        assert (error.path, error.kind) == ("MaxFailureRatio", "range")


@pytest.mark.parametrize("text", ["NaN", "Infinity", "-Infinity"])
def test_what_python_alone_takes_for_json_is_refused(text):
    error = refusal(f'{{"MaxFailureRatio":{text}}}', engine.UpdateConfig)
    assert "invalid JSON" in error.reason
    assert refusal(text).kind == "type"


# Text around the object


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "invalid JSON: got EOF while reading request body"),
        (" \n\t", "invalid JSON: got EOF while reading request body"),
        ('{"Name":"a"', "invalid JSON: unexpected EOF"),
        ('{"Name":"a', "invalid JSON: unexpected EOF"),
        ("{", "invalid JSON: unexpected EOF"),
        ('{"Name"', "invalid JSON: unexpected EOF"),
        ('{"Name":', "invalid JSON: unexpected EOF"),
        ('{"Name":"a",', "invalid JSON: unexpected EOF"),
        ('{"Labels":{"a":"b"}', "invalid JSON: unexpected EOF"),
        ("tru", "invalid JSON: unexpected EOF"),
        ("{}{}", "unexpected content after JSON"),
        ("{} x", "unexpected content after JSON"),
        ('{"Name":"a"},', "unexpected content after JSON"),
        ("null null", "unexpected content after JSON"),
    ],
)
def test_text_that_is_no_object_is_refused_in_the_engines_words(text, reason):
    error = refusal(text)
    assert (error.path, error.kind, error.reason) == ("", "type", reason)


@pytest.mark.parametrize(
    "text",
    [
        "{bad}",
        "{'Name':1}",
        '{"Name":"a",}',
        '{"Name" "a"}',
        "\ufeff{}",
        "[1,]",
        '{"Name":"\x01"}',
        '{"Name":"\\x"}',
        "{,}",
        "nul!",
        "+1",
        '{"Name":01}',
        "\x00",
    ],
)
def test_syntax_error_is_refused(text):
    error = refusal(text)
    assert error.kind == "type"
    assert error.reason.startswith("invalid JSON: ")


@pytest.mark.parametrize("suffix", ["]", "}", " ]", "\n}", "]}", "} trailing", '] {"x":1}'])
def test_closing_bracket_too_many_is_passed_over(suffix):
    assert read('{"Name":"a"}' + suffix).name == "a"
    assert read('{"name":"a"}' + suffix).name == "a"


@pytest.mark.parametrize("text", ["[]", '"a"', "1", "true", "[{}]"])
def test_top_level_must_be_an_object(text):
    error = refusal(text)
    assert (error.path, error.kind) == ("", "type")


def test_space_around_is_passed_over():
    assert read(' \r\n\t{"Name" : "a"} \r\n').name == "a"


@pytest.mark.parametrize("space", ["\x0b", "\x0c", "\xa0", "\u2003"])
def test_other_space_is_no_space(space):
    assert refusal(space + "{}").kind == "type"
    assert refusal("{}" + space).reason == "unexpected content after JSON"


def test_text_is_as_good_as_bytes():
    assert engine.decode('{"Name":"żółć"}', engine.ServiceSpec).name == "żółć"
    assert engine.decode(bytearray(b'{"Name":"a"}'), engine.ServiceSpec).name == "a"
    assert engine.decode(memoryview(b'{"Name":"a"}'), engine.ServiceSpec).name == "a"
    assert engine.decode(bytearray(b'{"name":"a"}'), engine.ServiceSpec).name == "a"
    assert engine.decode(memoryview(b'{"name":"a"}'), engine.ServiceSpec).name == "a"


@pytest.mark.parametrize("data", [None, 1, {}, [], object(), 1.5, {"Name": "a"}])
def test_what_is_no_text_is_refused(data):
    with pytest.raises(DecodeError) as caught:
        engine.decode(data, engine.ServiceSpec)
    assert caught.value.kind == "type"
    hint = ": engine.from_dict reads dicts" if isinstance(data, dict) else ""
    assert caught.value.reason == f"expected bytes, got {type(data).__name__}{hint}"


# Texts that are not UTF-8


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b'{"Name":"a\xffb"}', "a\ufffdb"),
        (b'{"Name":"\xe2\x82"}', "\ufffd\ufffd"),
        (b'{"Name":"\xed\xa0\x80"}', "\ufffd\ufffd\ufffd"),
        (b'{"Name":"\xc0\x80"}', "\ufffd\ufffd"),
        (b'{"Name":"\xf4\x90\x80\x80"}', "\ufffd\ufffd\ufffd\ufffd"),
        (b'{"Name":"\\ud800"}', "\ufffd"),
        (b'{"Name":"\\ud800x"}', "\ufffdx"),
        (b'{"Name":"\\udc00\\ud800"}', "\ufffd\ufffd"),
        (b'{"Name":"\\ud83d\\udc33"}', "\U0001f433"),
        (b'{"Name":"\\ud800\\u0041"}', "\ufffdA"),
        (b'{"Name":"\\u0000"}', "\x00"),
    ],
)
def test_what_is_no_utf_8_becomes_the_replacement_character(data, name):
    assert read(data).name == name


def test_labels_that_are_no_utf_8_are_read():
    assert read(b'{"Labels":{"\xff":"\xfe"}}').labels == {"\ufffd": "\ufffd"}
    assert read('{"Labels":{"\\ud800":"\\udfff"}}').labels == {"\ufffd": "\ufffd"}


def test_text_with_a_lone_surrogate_is_read():
    assert engine.decode('{"Name":"\ud800"}', engine.ServiceSpec).name == "\ufffd\ufffd\ufffd"


# Wrong types, and where


@pytest.mark.parametrize(
    ("path", "text", "type_"),
    [
        ("Name", '{"Name":1}', engine.ServiceSpec),
        ("Labels", '{"Labels":[]}', engine.ServiceSpec),
        ("Labels[com.example]", '{"Labels":{"com.example":1}}', engine.ServiceSpec),
        ("TaskTemplate", '{"TaskTemplate":[]}', engine.ServiceSpec),
        ("TaskTemplate.ContainerSpec.Env[1]",
         '{"TaskTemplate":{"ContainerSpec":{"Env":["a",1]}}}', engine.ServiceSpec),
        ("TaskTemplate.ContainerSpec.Env",
         '{"TaskTemplate":{"ContainerSpec":{"Env":{}}}}', engine.ServiceSpec),
        ("TaskTemplate.ContainerSpec.Mounts[2].VolumeOptions.DriverConfig.Options[a b]",
         ('{"TaskTemplate":{"ContainerSpec":{"Mounts":[{},{},{"VolumeOptions":{"DriverConfig":'
         '{"Options":{"a b":true}}}}]}}}'), engine.ServiceSpec),
        ("EndpointSpec.Ports[1].PublishedPort",
         '{"EndpointSpec":{"Ports":[{},{"PublishedPort":"80"}]}}', engine.ServiceSpec),
        ("TaskTemplate.PluginSpec.privileges[0].value[0]",
         '{"TaskTemplate":{"PluginSpec":{"privileges":[{"value":[{}]}]}}}', engine.ServiceSpec),
        ("Options[0][1]", '{"Options":[["a",1]]}', engine.TmpfsOptions),
        ("Options[0]", '{"Options":["a"]}', engine.TmpfsOptions),
        ("TaskTemplate.ContainerSpec.Init", '{"TaskTemplate":{"ContainerSpec":{"Init":1}}}',
         engine.ServiceSpec),
        ("MaxFailureRatio", '{"MaxFailureRatio":"1"}', engine.UpdateConfig),
        ("Timestamp", '{"Timestamp":1}', engine.TaskStatus),
        ("Timestamp", '{"Timestamp":"yesterday"}', engine.TaskStatus),
        ("Timestamp", '{"Timestamp":""}', engine.TaskStatus),
    ],
)  # fmt: skip
def test_wrong_type_is_refused_at_its_path(path, text, type_):
    error = refusal(text, type_)
    assert (error.path, error.kind) == (path, "type")
    assert error.reason.startswith("invalid JSON: ")


def test_path_names_the_key_as_it_was_written():
    assert refusal('{"labels":{"a":1}}').path == "labels[a]"


def test_wrong_value_of_a_good_type_is_refused_in_gos_words():
    error = refusal('{"Nameservers":["10.0.0.1","bad"]}', engine.DNSConfig)
    assert error.reason == 'invalid JSON: ParseAddr("bad"): unable to parse IP'
    error = refusal('{"Subnet":"bad"}', engine.NetworkIPAMConfig)
    assert error.reason == "invalid JSON: netip.ParsePrefix(\"bad\"): no '/'"


@pytest.mark.parametrize(
    ("text", "type_"),
    [
        ('{"IPAM":{"Config":[{},{"Gateway":"x"}]}}', engine.NetworkCreateRequest),
        ('{"IPAM":{"Config":[{},{"IPRange":"x"}]}}', engine.NetworkCreateRequest),
        ('{"IPAM":{"Config":[{},{"AuxiliaryAddresses":{"a":"x"}}]}}', engine.NetworkCreateRequest),
        ('{"TaskTemplate":{"ContainerSpec":{"DNSConfig":{"Nameservers":["x"]}}}}',
         engine.ServiceSpec),
        ('{"Spec":{"IPAMOptions":{"Configs":[{"Range":"x"}]}}}', engine.Network),
        ('{"Spec":{"IPAMOptions":{"Configs":[{"Gateway":"x"}]}}}', engine.Network),
    ],
)  # fmt: skip
def test_address_that_is_none_is_refused_with_a_path(text, type_):
    error = refusal(text, type_)
    assert error.path != ""
    assert error.reason.startswith("invalid JSON: ")


def test_addresses_are_made_canonical():
    config = read(
        '{"Subnet":"2001:DB8:0::/32","Gateway":"::FFFF:10.0.0.1",'
        '"AuxiliaryAddresses":{"a":"0:0:0:0:0:0:0:1"}}',
        engine.NetworkIPAMConfig,
    )
    assert config.subnet == "2001:db8::/32"
    assert config.gateway == "::ffff:10.0.0.1"
    assert config.auxiliary_addresses == {"a": "::1"}
    request = read('{"DefaultAddrPool":["2001:DB8::/32",""]}', engine.InitRequest)
    assert request.default_addr_pool == ["2001:db8::/32", ""]


# Size and depth


@pytest.mark.parametrize("opening", ["[", '{"a":', '{"Name":', '{"TaskTemplate":'])
def test_deep_nesting_is_refused(opening):
    error = refusal(opening * 100_000)
    assert error.reason.startswith("invalid JSON")


@pytest.mark.parametrize("key", ["Name", "Unknown"])
def test_deep_nesting_in_a_field_is_refused(key):
    depth = 100_000
    error = refusal(f'{{"{key}":' + "[" * depth + "]" * depth + "}")
    assert error.kind in ("range", "type")


def test_large_text_is_read():
    data = base64.b64encode(bytes(38_000_000))
    spec = engine.decode(b'{"Data":"' + data + b'"}', engine.SecretSpec)
    assert len(data) > 50_000_000
    assert len(spec.data) == 38_000_000


def test_large_text_that_breaks_off_is_refused():
    assert refusal(b'{"Name":"' + b"x" * 50_000_000).reason == "invalid JSON: unexpected EOF"


def test_long_number_is_refused_quickly():
    digits = b"9" * 1_000_000
    error = refusal(b'{"TaskTemplate":{"ForceUpdate":' + digits + b"}}")
    assert (error.path, error.kind) == ("TaskTemplate.ForceUpdate", "range")
    assert len(error.reason) < 200
    assert refusal(b'{"MaxFailureRatio":' + digits + b"}", engine.UpdateConfig).kind == "range"


@pytest.mark.parametrize("suffix", [b"", b',"x":1'])
def test_long_number_in_free_form_data_is_no_crash(suffix):
    # Go reads it as a float, whatever its length, up to 1.8e308.
    with contextlib.suppress(SwarmwireError):
        read(b'{"Status":{"a":' + b"9" * 10_000 + b"}" + suffix + b"}", engine.Volume)


@pytest.mark.parametrize("suffix", ["", ',"x":1'])
def test_number_in_free_form_data_that_is_no_float_is_refused(suffix):
    assert refusal(f'{{"Status":{{"a":1e999}}{suffix}}}', engine.Volume).kind == "range"


@pytest.mark.parametrize("suffix", ["", ',"x":1'])
def test_largest_float32_is_read(suffix):
    text = f'{{"MaxFailureRatio":3.4028234663852886e38{suffix}}}'
    config = read(text, engine.UpdateConfig)
    assert b'"MaxFailureRatio":3.4028235e+38' in engine.encode(config)


def test_free_form_data_is_read_in_both_passes():
    text = '"Status":{"a":[1,1.5,null,true,"\\ud83d\\udc33",{"b":{}}]}'
    fast = read(f"{{{text}}}", engine.Volume)
    assert fast.status == {"a": [1, 1.5, None, True, "\U0001f433", {"b": {}}]}
    assert read(f'{{{text},"x":1}}', engine.Volume).status == fast.status


def test_both_passes_read_the_same():
    text = json.dumps(
        {
            "Name": "web",
            "Labels": {"a": "b"},
            "TaskTemplate": {
                "ContainerSpec": {
                    "Image": "nginx",
                    "Env": ["A=1"],
                    "Secrets": [{"File": {"Name": "n", "Mode": 292}, "SecretID": "s"}],
                    "Privileges": {"Seccomp": {"Profile": "e30="}},
                },
                "ForceUpdate": 2**64 - 1,
            },
            "UpdateConfig": {"MaxFailureRatio": 0.15},
        }
    )
    assert read(text) == read(text[:-1] + ',"unknown":1}')


# The fast reading and the slow one


def slow(text, type_=engine.ServiceSpec):
    """The same read with the key that nothing knows, which makes the reading a slow one."""
    return read(text[:-1] + (',"zzz":0}' if len(text) > 2 else '"zzz":0}'), type_)


MEMBERS = st.sampled_from(
    [
        '"Name":"a"',
        '"Name":"{"',
        '"Name":"[,{"',
        '"Name":"\\u007b"',
        '"Name":"\\u005b:"',
        '"Labels":{"a":"1"}',
        '"Labels":{"b":"{"}',
        '"Labels":{"Mode":"x","TaskTemplate":"y"}',
        '"Labels":{"a":"1","a":"2"}',
        '"Labels":{}',
        '"Labels":null',
        '"Mode":{"Replicated":{"Replicas":1}}',
        '"Mode":{"Global":{}}',
        '"Mode":{}',
        '"TaskTemplate":{"Networks":[{"Target":"a","Aliases":["x","y"]}]}',
        '"TaskTemplate":{"Networks":[{"Aliases":[]},{"Target":"b"}]}',
        '"TaskTemplate":{"Networks":[]}',
        '"TaskTemplate":{"Networks":null}',
        '"TaskTemplate":{"ForceUpdate":1,"ContainerSpec":{"Env":["a","b"],"Labels":{"x":"y"}}}',
        '"TaskTemplate":{"ContainerSpec":{"Env":["c"],"Labels":{"z":""}}}',
        '"EndpointSpec":{"Ports":[{"Name":"p"},{"TargetPort":1}]}',
        '"EndpointSpec":{"Ports":[{"TargetPort":2}],"Ports":[{"Protocol":"udp"}]}',
        '"EndpointSpec":null',
        '"UpdateConfig":{"MaxFailureRatio":0.5}',
        '"UpdateConfig":{"Parallelism":1}',
        '"UpdateConfig":null',
        '"Networks":[{"Target":"n"}]',
        '"Networks":[]',
    ]
)


@given(st.lists(MEMBERS, max_size=6))
@settings(max_examples=400)
def test_fast_reading_is_the_slow_one_with_any_keys_repeated(members):
    text = "{" + ",".join(members) + "}"
    assert read(text) == slow(text)
    assert engine.decode(text, engine.ServiceSpec, []) == slow(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"Labels":{"Mode":"x","TaskTemplate":"y"},"Labels":{"a":"1"},"Labels":{"b":"1"}}',
        '{"Labels":{"TaskTemplate":"y"},"Labels":{"a":"1"},"Mode":{}}',
        '{"Mode":{},"TaskTemplate":{"Networks":[{}],"Networks":[{"Target":"a"}]}}',
        '{"Mode":{},"TaskTemplate":{},"Labels":{"a":"}{"},"Labels":{"b":"{"}}',
    ],
)
def test_repeated_key_is_not_hidden_by_what_is_always_written(text):
    assert read(text) == slow(text)


def test_minus_zero_keeps_its_sign_in_a_float():
    for config in (
        read('{"MaxFailureRatio":-0.0}', engine.UpdateConfig),
        slow('{"MaxFailureRatio":-0}', engine.UpdateConfig),
    ):
        assert b'"MaxFailureRatio":-0,' in engine.encode(config)


def test_list_of_objects_is_read():
    assert read('[{"Name":"a"},{"name":"b"}]', list[engine.ServiceSpec]) == [
        engine.ServiceSpec(name="a"),
        engine.ServiceSpec(name="b"),
    ]
    assert read('[{"Name":"a"}]', list[engine.ServiceSpec]) == [engine.ServiceSpec(name="a")]
