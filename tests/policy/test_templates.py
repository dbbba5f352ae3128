"""Templates that are let through: to Go's own grammar they hold nothing that loops or grows."""

from hypothesis import given, settings
from hypothesis import strategies as st

from swarmwire.policy.judging.templates import judge_templates
from swarmwire.policy.scope import Scope
from swarmwire.rules.template import TemplateError, UnjudgedError, nodes
from swarmwire.rules.template.parse import parse
from tests.policy.support import changed, container, message

PIECES = (
    *("{{", "}}", "{{-", "-}}", "{{- ", " -}}", " ", "\n", '"', "`", "\\", "/*", "*/", "|", ","),
    *("(", ")", ".", ".Task", ".Service.Labels", "$", "$a", ":=", "=", "1", "x", "'", '\\"'),
    *("if ", "else ", "end", "range ", "with ", "define ", "template ", "block ", "index "),
    *("printf ", "print ", "js", "html", "join ", "eq ", "and ", "len ", "env ", "secret "),
    *('{{range "x"}}', "{{end}}", '{{"', '"}}', "{{`", "`}}", "{{/*", "*/}}", '{{define "x"}}'),
)
GROWING = frozenset(
    {"print", "printf", "println", "js", "html", "urlquery", "join", "call", "slice"}
)


def is_let_through(text):
    spec = message(changed(container(Env=[f"A={text}"])))
    return not list(judge_templates(spec.task.container, (), Scope()))


def parts_of(node):
    """A node of a tree and all that it holds."""
    if isinstance(node, nodes.Node):
        yield node
        for name in node.__struct_fields__:
            yield from parts_of(getattr(node, name))
    elif isinstance(node, list | tuple):
        for each in node:
            yield from parts_of(each)


def works(text):
    """Whether it loops, calls, defines, keeps or formats anything."""
    trees = parse(text)
    if len(trees) > 1:
        return True
    return any(
        isinstance(node, nodes.Call | nodes.Variable)
        or (isinstance(node, nodes.Branch) and node.kind == "range")
        or (isinstance(node, nodes.Word) and node.text in GROWING)
        for tree in trees.values()
        for node in parts_of(tree)
    )


def test_what_is_looked_for_is_found():
    for text in (
        "{{range .}}{{end}}",
        '{{template "x"}}',
        '{{define "x"}}y{{end}}',
        "{{$a := 1}}",
        "{{js 1}}",
        "{{if (1 | print)}}{{end}}",
    ):
        assert works(text)
        assert not is_let_through(text)
    for text in ("{{.Task.Slot}}", "{{if eq .Task.Slot 1}}{{/* x */}}a{{- else -}}b{{end}}"):
        assert not works(text)
        assert is_let_through(text)


@settings(max_examples=400)
@given(st.lists(st.sampled_from(PIECES), max_size=14).map("".join))
def test_nothing_that_works_is_let_through(text):
    if is_let_through(text):
        try:
            found = works(text)
        except (TemplateError, UnjudgedError):
            return
        assert not found
