"""Statements of Go's text/template, executed for a manager's made-up task.

Source: Go 1.26, text/template/exec.go, with the option that a missing key is an error.
"""

from typing import Literal

from swarmwire.rules.go_text import quote
from swarmwire.rules.template import nodes
from swarmwire.rules.template.evaluate import Evaluator
from swarmwire.rules.template.fmt import sprint
from swarmwire.rules.template.nodes import NAME
from swarmwire.rules.template.parse import Trees, parse
from swarmwire.rules.template.values import (
    CONTEXT,
    INVALID,
    MAX_LENGTH,
    Byte,
    Invalid,
    NilMap,
    TooMuchWorkError,
    Value,
    indirect,
    normal,
    truth,
)

_Jump = Literal["break", "continue"] | None


def execute(text: str) -> str:
    """The output of the template.

    Raises:
        TemplateError: Go cannot read or execute it.
        UnjudgedError: we do not follow it to its end.
    """
    trees = parse(text)
    state = _Execution(text, trees)
    state.walk(CONTEXT, trees[NAME])
    return normal("".join(state.output))


class _Execution(Evaluator):
    """One execution: Go's ``state`` and the output.

    The variables, the node that messages speak of and the name of the template belong to one call
    of a template; ``_call`` keeps them for the caller.
    """

    def __init__(self, text: str, trees: Trees) -> None:
        super().__init__(text, trees[NAME])
        self.output: list[str] = []
        self._trees = trees
        self._size = 0

    def _write(self, text: str) -> None:
        self._size += len(text)
        if self._size > MAX_LENGTH:
            raise TooMuchWorkError
        self.output.append(text)

    # statements

    def walk(self, dot: Value, node: nodes.Node) -> _Jump:
        self._node = node
        self._step()
        jump: _Jump = None
        match node:
            case nodes.Text():
                self._write(node.text)
            case nodes.Action():
                self._action(dot, node)
            case nodes.Block():
                jump = self._block(dot, node)
            case nodes.Branch(kind="range"):
                self._deeper()
                jump = self._range(dot, node)
                self._depth -= 1
            case nodes.Branch():
                self._deeper()
                jump = self._if_or_with(dot, node)
                self._depth -= 1
            case nodes.Call():
                self._call(dot, node)
            case _:
                assert isinstance(node, nodes.Word)
                jump = "break" if node.kind == "break" else "continue"
        return jump

    def _block(self, dot: Value, block: nodes.Block) -> _Jump:
        for node in block.nodes:
            jump = self.walk(dot, node)
            if jump:
                return jump
        return None

    def _action(self, dot: Value, action: nodes.Action) -> None:
        value = self._pipeline(dot, action.pipe)
        if not action.pipe.variables:
            self._node = action
            shown = indirect(value)
            self._write("<no value>" if isinstance(shown, Invalid) else sprint(shown))

    def _if_or_with(self, dot: Value, branch: nodes.Branch) -> _Jump:
        known = len(self._vars)
        value = self._pipeline(dot, branch.pipe)
        jump: _Jump = None
        if truth(value):
            jump = self.walk(value if branch.kind == "with" else dot, branch.body)
        elif branch.otherwise is not None:
            jump = self.walk(dot, branch.otherwise)
        del self._vars[known:]
        return jump

    def _range(self, dot: Value, branch: nodes.Branch) -> _Jump:
        known = len(self._vars)
        value = indirect(self._pipeline(dot, branch.pipe))
        jump: _Jump = None
        ran = False
        if isinstance(value, int) and not isinstance(value, bool):
            if len(branch.pipe.variables) > 1:
                shown = sprint(value)
                raise self._error(f"can't use {shown} to iterate over more than one variable")
            ran = value > 0
            self._count(value, branch)
        elif not isinstance(value, NilMap | Invalid):
            raise self._error(f"range can't iterate over {sprint(value)}")
        if not ran and branch.otherwise is not None:
            jump = self.walk(dot, branch.otherwise)
        del self._vars[known:]
        return jump if jump != "break" else None

    def _count(self, end: int, branch: nodes.Branch) -> None:
        inside = len(self._vars)
        for number in range(end):
            element = Byte(number) if isinstance(end, Byte) else number
            if branch.pipe.variables:
                name = branch.pipe.variables[0].names[0]
                if branch.pipe.assigns:
                    self._assign(name, element)
                else:
                    self._vars[-1] = (name, element)
            jump = self.walk(element, branch.body)
            del self._vars[inside:]
            if jump == "break":
                return

    def _call(self, dot: Value, node: nodes.Call) -> None:
        self._node = node
        tree = self._trees.get(node.name)
        if tree is None:
            raise self._error(f"template {quote(node.name)} not defined")
        # as Go, which gives up at 100,000 calls: we do much earlier, and say so
        self._deeper()
        dot = INVALID if node.pipe is None else self._pipeline(dot, node.pipe)
        caller = self._name, self._vars, self._node
        self._name, self._vars = node.name, [("$", dot)]
        self.walk(dot, tree)
        self._depth -= 1
        self._name, self._vars, self._node = caller
