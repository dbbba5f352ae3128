"""Templates, as Go's own text/template reads and executes them.

``templates.jsonl`` holds answers of Go (1.19, with the changes up to 1.26 put in by hand) for the
context of SwarmKit's validation. Bytes that are not UTF-8 stand there as U+FFFD.
"""

import json
from pathlib import Path

import pytest

from swarmwire.rules.template import (
    TemplateError,
    TooDeepError,
    TooMuchWorkError,
    expand,
    expansion,
)
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


@pytest.mark.parametrize(
    ("number", "character"),
    [
        ("0xD7FF", "\ud7ff"),
        *((number, "\ufffd") for number in ("0xD800", "0xDFFF", "0x110000", "-1")),
        ("0xE000", "\ue000"),
    ],
)
def test_number_that_is_no_character(number, character):
    assert expand(f'{{{{printf "%c" {number}}}}}') == character


def test_text_without_an_action_is_left_alone():
    assert expand("a } b { c") == "a } b { c"
    assert expand("") == ""


DEEP = {
    "parentheses": "{{" + "(" * 100_000 + "1" + ")" * 100_000 + "}}",
    "arguments": "{{" + "print (" * 100_000 + "1" + ")" * 100_000 + "}}",
    "fields": "{{" + "(" * 100_000 + "." + ").Task" * 100_000 + "}}",
    "open": "{{" + "(" * 100_000,
    "if": "{{if 1}}" * 100_000 + "{{end}}" * 100_000,
    "with": "{{with 1}}" * 100_000 + "{{end}}" * 100_000,
    "range": "{{range 1}}" * 100_000 + "{{end}}" * 100_000,
    "else": "{{if 0}}{{else}}" * 100_000 + "{{end}}" * 100_000,
    "else if": "{{if 0}}" + "{{else if 0}}" * 100_000 + "{{end}}",
    "block": '{{block "a" .}}' * 100_000 + "{{end}}" * 100_000,
    "mixed": "{{if (1)}}{{with (1)}}" * 50_000 + "{{end}}" * 100_000,
    "calls itself": '{{define "a"}}{{template "a"}}{{end}}{{template "a"}}',
    "call each other": (
        '{{define "a"}}{{if 1}}{{template "b" (print (1))}}{{end}}{{end}}'
        '{{define "b"}}{{with 1}}{{template "a" .}}{{end}}{{end}}{{template "a"}}'
    ),
}


def below(frames, call):
    """Call ``call`` with so many frames of Python's stack taken already."""
    return call() if frames <= 0 else below(frames - 1, call)


@pytest.mark.parametrize("name", DEEP)
def test_what_nests_too_deep_is_not_judged(name):
    with pytest.raises(TooDeepError, match=r"more than 50 deep.* cannot be judged"):
        below(300, lambda: expand(DEEP[name]))


def nested(depth, before, inside, after):
    return before * depth + inside + after * depth


@pytest.mark.parametrize(
    ("depth", "template", "output"),
    [
        (50, lambda n: "{{" + nested(n, "(", "7", ")") + "}}", "7"),
        (50, lambda n: "{{" + nested(n, "print (", "7", ")") + "}}", "7"),
        (50, lambda n: nested(n, "{{if 1}}", "7", "{{end}}"), "7"),
        (50, lambda n: nested(n, '{{block "a" .}}{{end}}', "7", ""), "7"),
        (
            25,
            lambda n: nested(n, "{{if 1}}", "{{" + nested(n, "(", "7", ")") + "}}", "{{end}}"),
            "7",
        ),
    ],
    ids=["parentheses", "arguments", "blocks", "one after the other", "both"],
)
def test_what_nests_as_deep_as_we_follow(depth, template, output):
    assert below(300, lambda: expand(template(depth))) == output


def test_the_last_level_that_is_followed():
    assert expand("{{" + nested(50, "(", "7", ")") + "}}") == "7"
    with pytest.raises(TooDeepError):
        expand("{{" + nested(51, "(", "7", ")") + "}}")
    calls = '{{define "%d"}}{{template "%d"}}{{end}}'
    chain = "".join(calls % (n, n + 1) for n in range(49)) + '{{define "49"}}7{{end}}'
    assert expand(chain + '{{template "0"}}') == "7"
    with pytest.raises(TooDeepError):
        expand(chain + '{{define "x"}}{{template "0"}}{{end}}{{template "x"}}')


def test_a_long_pipeline_is_not_a_deep_one():
    assert expand("{{1" + "|print" * 2_000 + "}}") == "1"
    with pytest.raises(TemplateError) as caught:
        expand("{{print 1" + "|print" * 100_000 + "}}")
    assert str(caught.value) == "template: expansion:1: pipeline too long"


def test_deep_nodes_are_written_out():
    deep = nested(40, "(", ".Nope", ")")
    with pytest.raises(TemplateError, match="can't evaluate field Nope"):
        expand("{{" + deep + "}}")
    with pytest.raises(TemplateError) as caught:
        expand(f"{{{{1 | ({deep}).Foo}}}}")
    assert "can't evaluate field Nope" in str(caught.value)
    with pytest.raises(TemplateError) as caught:
        below(300, lambda: expand(f"{{{{{deep} 1}}}}"))
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


def test_little_is_remembered():
    for number in range(1000):
        assert expand(f"{{{{{number}}}}}") == expand(f"{{{{{number}}}}}") == str(number)
    for long in ('{{printf "%2000d" 1}}', "{{1}}" * 1000):
        assert expand(long) == expand(long)
    assert 0 < len(expansion._known) <= 256
    assert all(len(text) < 1000 > len(output) for text, output in expansion._known.items())


def test_a_node_must_say_how_it_is_written():
    with pytest.raises(NotImplementedError):
        str(Node(0))
