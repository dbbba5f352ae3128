import json

import pytest


def test_sarif_points_at_the_lines(invoke, examples):
    file = examples / "typo-service.json"
    done = invoke("check", "--format", "sarif", "--fail-on", "never", file)
    assert done.code == 0
    log = json.loads(done.output)
    (run,) = log["runs"]
    assert run["tool"]["driver"]["version"]
    lines = file.read_text().splitlines()
    for result in run["results"]:
        region = result["locations"][0]["physicalLocation"]["region"]
        path = result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"]
        shown = lines[region["startLine"] - 1][region["startColumn"] - 1 :]
        assert shown.startswith('"' + path.rpartition(".")[2])


def test_a_clean_service_is_clean(invoke, examples):
    done = invoke("check", examples / "web-service.json")
    assert (done.code, done.text) == (0, "1 object checked, nothing found\n")


def test_the_report_names_severity_path_line_rule_and_fix(invoke, examples):
    file = examples / "typo-service.json"
    done = invoke("check", file)
    assert done.code == 1
    assert done.text.startswith(f"{file} (reports)\n")
    assert "  lost     TaskTemplate.RestartPolicy.MaxAttemps  line 43\n" in done.text
    assert "fix: did you mean MaxAttempts?" in done.text
    assert "  changed  EndpointSpec.Ports[0].PublishMode  line 62\n" in done.text
    assert done.text.splitlines()[-1].startswith("1 object checked, 0 clean: 3 lost (accepted")
    assert "\x1b" not in done.text


def test_an_old_api_version_loses_more(invoke, examples):
    def paths(*options: str) -> set[str]:
        done = invoke("check", "--format", "json", *options, examples / "typo-service.json")
        return {finding["path"] for finding in json.loads(done.output)["findings"]}

    assert paths("--api-version", "1.40") - paths() == {
        "TaskTemplate.ContainerSpec.OomScoreAdj",
        "TaskTemplate.Resources.Limits.Pids",
    }


@pytest.mark.parametrize(
    ("data", "codes"),
    [
        # refused: no image
        (b'{"Name":"a","TaskTemplate":{"ContainerSpec":{}}}', (1, 1, 1, 1, 0)),
        # lost: an unknown key
        (b'{"Name":"a","TaskTemplate":{"ContainerSpec":{"Image":"x"}},"Zzz":1}', (0, 1, 1, 1, 0)),
        # a hint: a key in another case
        (b'{"name":"a","TaskTemplate":{"ContainerSpec":{"Image":"x"}}}', (0, 0, 0, 1, 0)),
    ],
)
def test_fail_on_draws_the_line(invoke, data, codes):
    levels = ("error", "lost", "changed", "hint", "never")
    assert tuple(invoke("check", "--fail-on", level, data=data).code for level in levels) == codes
    assert invoke("check", data=data).code == codes[2]


def test_json_says_where_each_finding_is(invoke, examples, service):
    text = (examples / "typo-service.json").read_bytes()
    done = invoke("check", "--format", "json", data=service + b"\n[\n" + text + b"]")
    report = json.loads(done.output)
    assert report["summary"] == {
        "objects": 2,
        "clean": 1,
        "error": 0,
        "lost": 3,
        "changed": 1,
        "hint": 1,
    }
    (mode,) = [f for f in report["findings"] if f["path"].endswith("PublishMode")]
    assert (mode["file"], mode["object"], mode["name"]) == ("<stdin>", 2, "reports")
    lines = (service + b"\n[\n" + text).decode().splitlines()
    assert lines[mode["line"] - 1][mode["column"] - 1 :] == '"PublishMode": "hots"'
    assert set(mode) == {
        *("file", "object", "name", "severity", "path", "rule", "source", "code"),
        *("value", "fix", "line", "column"),
    }


def test_json_of_nothing_is_still_json(invoke, examples):
    done = invoke("check", "--format", "json", examples / "web-service.json")
    assert json.loads(done.output)["findings"] == []


def test_paths_in_inspected_objects_begin_with_spec(invoke):
    data = b'[{"ID":"i","Spec":{"Name":"a","TaskTemplate":{"ContainerSpec":{"Imaeg":"x"}}}}]'
    done = invoke("check", "--format", "json", data=data)
    paths = [finding["path"] for finding in json.loads(done.output)["findings"]]
    assert paths
    assert all(path.startswith("Spec") for path in paths)


def test_wrong_types_are_findings_and_broken_json_is_not(invoke):
    done = invoke("check", data=b'{"TaskTemplate":{"ContainerSpec":{"Mounts":[{"Target":3}]}}}')
    assert done.code == 1
    assert "TaskTemplate.ContainerSpec.Mounts[0].Target" in done.text
    done = invoke("check", data=b'[\n  {"a" 1}]')
    assert done.code == 2
    assert "at line 2, column 8" in done.stderr
    wrong = b'{"Id":"x","IPAM":{"Config":[{"Subnet":3}]}}'
    done = invoke("check", "--kind", "network", data=wrong)
    assert done.code == 1
    assert "IPAM.Config[0].Subnet" in done.text


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("node", b'{"Role":"worker","Availability":"drain"}'),
        ("secret", b'{"Name":"s","Data":"AQID"}'),
        ("config", b'{"Name":"c","Data":"AQID"}'),
        ("network", b'{"Name":"n","Driver":"overlay"}'),
        ("volume", b'{"Name":"v","Driver":"d","ClusterVolumeSpec":{}}'),
        ("swarm", b'{"Name":"default"}'),
    ],
)
def test_every_kind_is_checked(invoke, kind, data):
    done = invoke("check", "--kind", kind, "--fail-on", "never", data=data)
    assert done.code == 0, done.stderr
    assert "1 object checked" in done.text


def test_a_name_cannot_command_the_terminal(invoke):
    data = b'{"Name":"a\\u001b[2Jb\\n\\u202e","Zzz":1}'
    done = invoke("check", data=data)
    assert "\x1b" not in done.text
    assert "\\x1b[2Jb; \\u202e" in done.text


def test_keep_going_reports_the_readable_ones(invoke, examples):
    files = ["/nonexistent", examples / "typo-service.json"]
    done = invoke("check", "--keep-going", *files)
    assert done.code == 2
    assert done.stderr == "swarmwire: /nonexistent: no such file or directory\n"
    assert "1 object checked" in done.text
    assert invoke("check", *files).output == b""


def test_the_report_can_go_to_a_file(invoke, examples, tmp_path):
    done = invoke("check", "-o", tmp_path / "report", examples / "web-service.json")
    assert done.output == b""
    assert (tmp_path / "report").read_text() == "1 object checked, nothing found\n"


@pytest.mark.parametrize(
    ("kind", "data", "advice"),
    [
        (
            "service",
            (
                b'{"Name":"a","TaskTemplate":{"ContainerSpec":{"Image":"x","Mounts":[{"Type":'
                b'"bind","Source":"/a","Target":"/b","BindOptions":{"CreateMountpoint":true}}]}}}'
            ),
            "use `swarmwire apply`, which writes to the manager and keeps it",
        ),
        (
            "swarm",
            b'{"Name":"default","TaskDefaults":{"LogDriver":{"Name":"json-file"}}}',
            "use `swarmwire to-grpc --lossless`, which keeps it: SwarmKit can hold it",
        ),
    ],
)
def test_what_is_lost_can_be_kept_by_a_command(invoke, kind, data, advice):
    done = invoke("check", "--kind", kind, "--format", "json", data=data)
    fixes = {finding["fix"] for finding in json.loads(done.output)["findings"]}
    assert advice in fixes
    assert not any("lossless=True" in fix for fix in fixes)
