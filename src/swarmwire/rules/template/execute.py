"""Statements of Go's text/template, executed for a manager's made-up task.

Source: Go 1.26, text/template/exec.go, with the option that a missing key is an error. What may
nest is a coroutine for ``trampoline.run``; ``yield self.pipeline(…)`` reads as a call.
"""

from typing import Literal

from swarmwire.rules.go_text import quote
from swarmwire.rules.template import nodes
from swarmwire.rules.template.errors import TooMuchWorkError
from swarmwire.rules.template.evaluate import Evaluator
from swarmwire.rules.template.lookahead import NAME
from swarmwire.rules.template.parse import Trees
from swarmwire.rules.template.printf import MAX_LENGTH, sprint
from swarmwire.rules.template.trampoline import Steps, run
from swarmwire.rules.template.values import (
    CONTEXT,
    INVALID,
    Byte,
    Invalid,
    NilMap,
    Value,
    indirect,
    truth,
)

_MAX_DEPTH = 100_000


_Jump = Literal["break", "continue"] | None


def execute(text: str, trees: Trees) -> str:
    """The output of a template that was parsed from ``text``.

    Raises:
        TemplateError: Go refuses to execute it.
        TooMuchWorkError: it goes on for too long.
    """
    state = _Execution(text, trees)
    run(state.walk(CONTEXT, trees[NAME]))
    return "".join(state.output)


class _Execution(Evaluator):
    """One execution: Go's ``state`` and the output.

    The variables, the node that messages speak of and the name of the template belong to one call
    of a template; ``_call`` keeps them for the caller.
    """

    def __init__(self, text: str, trees: Trees) -> None:
        super().__init__(text, trees[NAME])
        self.output: list[str] = []
        self._trees = trees
        self._depth = 0
        self._size = 0

    def _write(self, text: str) -> None:
        self._size += len(text)
        if self._size > MAX_LENGTH:
            raise TooMuchWorkError
        self.output.append(text)

    # statements

    def walk(self, dot: Value, node: nodes.Node) -> Steps[_Jump]:
        self._node = node
        self._step()
        jump: _Jump = None
        match node:
            case nodes.Text():
                self._write(node.text)
            case nodes.Action():
                yield self._action(dot, node)
            case nodes.Block():
                jump = yield self._block(dot, node)
            case nodes.Branch(kind="range"):
                jump = yield self._range(dot, node)
            case nodes.Branch():
                jump = yield self._if_or_with(dot, node)
            case nodes.Call():
                yield self._call(dot, node)
            case _:
                assert isinstance(node, nodes.Word)
                jump = "break" if node.kind == "break" else "continue"
        return jump

    def _block(self, dot: Value, block: nodes.Block) -> Steps[_Jump]:
        for node in block.nodes:
            jump: _Jump = yield self.walk(dot, node)
            if jump:
                return jump
        return None

    def _action(self, dot: Value, action: nodes.Action) -> Steps[None]:
        value = yield self._pipeline(dot, action.pipe)
        if not action.pipe.variables:
            self._node = action
            shown = indirect(value)
            self._write("<no value>" if isinstance(shown, Invalid) else sprint(shown))

    def _if_or_with(self, dot: Value, branch: nodes.Branch) -> Steps[_Jump]:
        known = len(self._vars)
        value = yield self._pipeline(dot, branch.pipe)
        jump: _Jump = None
        if truth(value):
            jump = yield self.walk(value if branch.kind == "with" else dot, branch.body)
        elif branch.otherwise is not None:
            jump = yield self.walk(dot, branch.otherwise)
        del self._vars[known:]
        return jump

    def _range(self, dot: Value, branch: nodes.Branch) -> Steps[_Jump]:
        known = len(self._vars)
        value = indirect((yield self._pipeline(dot, branch.pipe)))
        jump: _Jump = None
        ran = False
        if isinstance(value, int) and not isinstance(value, bool):
            if len(branch.pipe.variables) > 1:
                shown = sprint(value)
                raise self._error(f"can't use {shown} to iterate over more than one variable")
            ran = value > 0
            yield self._count(value, branch)
        elif not isinstance(value, NilMap | Invalid):
            raise self._error(f"range can't iterate over {sprint(value)}")
        if not ran and branch.otherwise is not None:
            jump = yield self.walk(dot, branch.otherwise)
        del self._vars[known:]
        return jump if jump != "break" else None

    def _count(self, end: int, branch: nodes.Branch) -> Steps[None]:
        inside = len(self._vars)
        for number in range(end):
            element = Byte(number) if isinstance(end, Byte) else number
            if branch.pipe.variables:
                name = branch.pipe.variables[0].names[0]
                if branch.pipe.assigns:
                    self._assign(name, element)
                else:
                    self._vars[-1] = (name, element)
            jump: _Jump = yield self.walk(element, branch.body)
            del self._vars[inside:]
            if jump == "break":
                return

    def _call(self, dot: Value, node: nodes.Call) -> Steps[None]:
        self._node = node
        tree = self._trees.get(node.name)
        if tree is None:
            raise self._error(f"template {quote(node.name)} not defined")
        if self._depth == _MAX_DEPTH:
            raise self._error(f"exceeded maximum template depth ({_MAX_DEPTH})")
        dot = INVALID if node.pipe is None else (yield self._pipeline(dot, node.pipe))
        caller = self._name, self._vars, self._node
        self._name, self._vars = node.name, [("$", dot)]
        self._depth += 1
        yield self.walk(dot, tree)
        self._depth -= 1
        self._name, self._vars, self._node = caller
