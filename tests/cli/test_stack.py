"""``swarmwire stack``: what stack files become, without docker and without a swarm."""

import base64
import json

import click
import pytest

STACK = """\
services:
  a:
    image: "x:${TAG}"
    secrets: [s]
    configs: [c]
secrets:
  s: {file: s.txt}
configs:
  c: {file: c.txt}
"""


@pytest.fixture
def file(tmp_path):
    (tmp_path / "s.txt").write_text("hunter2")
    (tmp_path / "c.txt").write_text("page")
    (tmp_path / "v.env").write_text("TAG=3\n")
    path = tmp_path / "stack.yml"
    path.write_text(STACK)
    return path


def test_config_is_the_merged_file(invoke, file, tmp_path):
    over = tmp_path / "over.yml"
    over.write_text("services: {a: {environment: {A: '1'}}}")
    done = invoke("stack", "config", "-c", file, "-c", over, "--env-file", tmp_path / "v.env")
    assert (done.code, done.stderr) == (0, "")
    assert '    environment:\n      A: "1"\n    image: x:3\n' in done.text
    assert f"    file: {tmp_path}/s.txt\n" in done.text
    assert "hunter2" not in done.text


def test_bodies_are_what_a_deploy_sends(invoke, file, tmp_path):
    done = invoke("stack", "bodies", "-c", file, "--env-file", tmp_path / "v.env", "shop")
    assert (done.code, done.stderr) == (0, "")
    found = json.loads(done.text)
    container = found["services"]["a"]["TaskTemplate"]["ContainerSpec"]
    assert container["Image"] == "x:3"
    assert container["Secrets"][0] | {"File": None} == {
        "SecretID": "",
        "SecretName": "shop_s",
        "File": None,
    }
    assert found["networks"]["shop_default"]["Driver"] == "overlay"
    assert base64.b64decode(found["configs"]["shop_c"]["Data"]) == b"page"
    assert "Data" not in found["secrets"]["shop_s"]
    assert base64.b64encode(b"hunter2").decode() not in done.text


@pytest.mark.parametrize(
    ("arguments", "data", "code", "words"),
    [
        (("config", "-c", "/gone.yml"), None, 2, "/gone.yml: no such file or directory"),
        (("config", "-c", "-"), b"a: [", 1, "did not find expected node content"),
        (("bodies", "-c", "-", "n"), b"services: {a: {image: 'A B'}}", 1, "<stdin>:1:23: invalid"),
        (("bodies", "-c", "-", " "), b"services: {a: {image: x}}", 1, "invalid stack name"),
        (
            ("bodies", "-c", "-", "n"),
            b"services: {a: {image: x}}\nsecrets: {s: {file: /gone}}",
            1,
            "<stdin>:2:21: open /gone: no such file or directory",
        ),
    ],
)
def test_what_is_refused_is_told_with_its_place(invoke, arguments, data, code, words):
    done = invoke("stack", *arguments, data=data)
    assert (done.code, words in done.stderr) == (code, True), done.stderr
    assert done.output == b""


def test_a_file_must_be_named(invoke):
    with pytest.raises(click.UsageError, match="name a stack file: -c FILE"):
        invoke("stack", "config")
