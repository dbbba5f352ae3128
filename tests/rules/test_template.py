"""Templates, as Go's own text/template reads and executes them.

``templates.jsonl`` holds answers of Go (1.19, with the changes up to 1.26 put in by hand) for the
context of SwarmKit's validation. Bytes that are not UTF-8 stand there as U+FFFD.
"""

import json
from pathlib import Path

import pytest

from swarmwire.rules.template import TemplateError, TooMuchWorkError, expand
from swarmwire.rules.template import evaluate as evaluator
from swarmwire.rules.template.nodes import Node

CASES = [
    json.loads(line)
    for line in (Path(__file__).parent / "templates.jsonl").read_text().splitlines()
]


@pytest.mark.parametrize("case", CASES, ids=range(1, len(CASES) + 1))
def test_as_go(case):
    if "error" in case:
        with pytest.raises(TemplateError) as caught:
            expand(case["template"])
        assert str(caught.value) == case["error"]
    else:
        output = expand(case["template"])
        shown = output.encode("utf-8", "surrogateescape").decode("utf-8", "replace")
        assert shown == case["output"]


def test_text_without_an_action_is_left_alone():
    assert expand("a } b { c") == "a } b { c"
    assert expand("") == ""


@pytest.mark.parametrize(
    ("template", "error"),
    [
        (
            '{{define "a"}}{{template "a"}}{{end}}{{template "a"}}',
            (
                'template: expansion:1:25: executing "a" at <{{template "a"}}>:'
                " exceeded maximum template depth (100000)"
            ),
        ),
        ("{{" + "(" * 10_001, "template: expansion:1: max expression depth exceeded"),
        ("{{" + "(" * 10_000, "template: expansion:1: unclosed action"),
        ("{{if 1}}" * 20_000, "template: expansion:1: unexpected EOF"),
        (
            "{{" + "(" * 5_000 + "nope" + ")" * 5_000 + "}}",
            'template: expansion:1: function "nope" not defined',
        ),
        ("{{print 1" + "|print" * 100_000 + "}}", "template: expansion:1: pipeline too long"),
    ],
    ids=["self", "too deep", "deep", "branches", "inside", "long"],
)
def test_depth_is_go_s_not_python_s(template, error):
    with pytest.raises(TemplateError) as caught:
        expand(template)
    assert str(caught.value) == error


def test_deep_nodes_are_written_out():
    deep = "(" * 3_000 + ".Nope" + ")" * 3_000
    with pytest.raises(TemplateError, match="can't evaluate field Nope"):
        expand("{{" + deep + "}}")
    with pytest.raises(TemplateError) as caught:
        expand(f"{{{{1 | ({deep}).Foo}}}}")
    assert "can't evaluate field Nope" in str(caught.value)
    with pytest.raises(TemplateError) as caught:
        expand(f"{{{{{deep} 1}}}}")
    assert str(caught.value).endswith(f"can't give argument to non-function {deep[1:-1]}")


@pytest.mark.parametrize(
    "template",
    [
        "{{range 1000000000}}{{end}}",
        '{{range 1000}}{{printf "%99999d" 1}}{{end}}',
        '{{define "a"}}{{end}}{{range 1000}}{{range 1000}}{{template "a"}}{{end}}{{end}}',
        '{{$x := "1234"}}{{range 100}}{{$x = print $x $x}}{{end}}',
        '{{$x := printf "' + "%[1]999999d" * 100 + '" 1}}',
    ],
)
def test_endless_work_is_given_up(template, monkeypatch):
    monkeypatch.setattr(evaluator, "_MAX_STEPS", 20_000)
    with pytest.raises(TooMuchWorkError):
        expand(template)


def test_a_node_must_say_how_it_is_written():
    with pytest.raises(NotImplementedError):
        str(Node(0))
