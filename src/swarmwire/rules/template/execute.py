"""The executor of Go's text/template, on a manager's made-up task.

Source: Go 1.26, text/template/exec.go, with the option that a missing key is an error. What may
nest is a coroutine for ``trampoline.run``; ``yield self.pipeline(…)`` reads as a call.
"""

from typing import Literal

from swarmwire.rules.go_text import quote
from swarmwire.rules.template import nodes
from swarmwire.rules.template.errors import FunctionError, TemplateError, TooMuchWorkError
from swarmwire.rules.template.functions import SIGNATURES, Parameter, Signature, call
from swarmwire.rules.template.parse import NAME, Trees
from swarmwire.rules.template.printf import MAX_LENGTH, sprint
from swarmwire.rules.template.trampoline import Steps, run
from swarmwire.rules.template.values import (
    CONTEXT,
    INVALID,
    Byte,
    Invalid,
    NilMap,
    Struct,
    Value,
    indirect,
    normal,
    truth,
    type_name,
)

_MAX_DEPTH = 100_000
_MAX_STEPS = 1_000_000


class _Missing:
    """Nothing comes down the pipe."""


_MISSING = _Missing()

_Final = Value | _Missing
_Args = list[nodes.Node]
_Jump = Literal["break", "continue"] | None


def execute(text: str, trees: Trees) -> str:
    """The output of a template that was parsed from ``text``.

    Raises:
        TemplateError: Go refuses to execute it.
        TooMuchWorkError: it goes on for too long.
    """
    state = _State(text, trees)
    run(state.walk(CONTEXT, trees[NAME]))
    return "".join(state.output)


class _State:
    """One execution: Go's ``state`` and the output.

    The variables, the node that messages speak of and the name of the template belong to one call
    of a template; ``_call`` keeps them for the caller.
    """

    def __init__(self, text: str, trees: Trees) -> None:
        self.output: list[str] = []
        self._text = text
        self._trees = trees
        self._name = NAME
        self._node: nodes.Node = trees[NAME]
        self._vars: list[tuple[str, Value]] = [("$", CONTEXT)]
        self._depth = 0
        self._steps = 0
        self._size = 0

    def _error(self, reason: str) -> TemplateError:
        at = self._node.pos
        line = 1 + self._text.count("\n", 0, at)
        column = len(self._text[self._text.rfind("\n", 0, at) + 1 : at].encode())
        where = f"template: {NAME}:{line}:{column}: executing {quote(self._name)}"
        return TemplateError(f"{where} at <{self._node}>: {reason}")

    def _step(self) -> None:
        self._steps += 1
        if self._steps > _MAX_STEPS:
            raise TooMuchWorkError

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
            case nodes.Word(kind="break" | "continue"):
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

    # variables

    def _assign(self, name: str, value: Value) -> None:
        for at in range(len(self._vars) - 1, -1, -1):
            if self._vars[at][0] == name:
                self._vars[at] = (name, value)
                return
        raise self._error(f"undefined variable: {name}")

    def _lookup(self, name: str) -> Value:
        for known, value in reversed(self._vars):
            if known == name:
                return value
        raise self._error(f"undefined variable: {name}")

    # expressions

    def _pipeline(self, dot: Value, pipe: nodes.Pipe) -> Steps[Value]:
        self._node = pipe
        value: _Final = _MISSING
        for command in pipe.commands:
            value = yield self._command(dot, command, value)
        assert not isinstance(value, _Missing)
        for variable in pipe.variables:
            if pipe.assigns:
                self._assign(variable.names[0], value)
            else:
                self._vars.append((variable.names[0], value))
        return value

    def _command(self, dot: Value, command: nodes.Command, final: _Final) -> Steps[Value]:
        self._step()
        first = command.args[0]
        match first:
            case nodes.Field() | nodes.Chain() | nodes.Variable():
                result: Value = yield self._path(dot, first, command.args, final)
                return result
            case nodes.Word(kind="identifier"):
                result = yield self._function(dot, first, command, command.args, final)
                return result
            case nodes.Pipe():
                self._no_args(command.args, final)
                result = yield self._pipeline(dot, first)
                return result
        self._node = first
        self._no_args(command.args, final)
        return self._constant(dot, first)

    def _constant(self, dot: Value, node: nodes.Node) -> Value:
        if isinstance(node, nodes.String):
            return node.text
        if isinstance(node, nodes.Number):
            self._node = node
            if node.overflows:
                raise self._error(f"{node.text} overflows int")
            return node.value
        assert isinstance(node, nodes.Word)
        if node.kind == "bool":
            return node.text == "true"
        if node.kind == "dot":
            return dot
        raise self._error("nil is not a command")

    def _no_args(self, args: _Args, final: _Final) -> None:
        if len(args) > 1 or not isinstance(final, _Missing):
            raise self._error(f"can't give argument to non-function {args[0]}")

    def _path(
        self,
        dot: Value,
        node: nodes.Field | nodes.Chain | nodes.Variable,
        args: _Args,
        final: _Final,
    ) -> Steps[Value]:
        self._node = node
        names = node.names
        if isinstance(node, nodes.Field):
            value = dot
        elif isinstance(node, nodes.Variable):
            value = self._lookup(names[0])
            names = names[1:]
            if not names:
                self._no_args(args, final)
                return value
        else:
            value = yield self._argument(dot, None, node.node)
        for name in names[:-1]:
            value = self._field(value, name, [], _MISSING)
        return self._field(value, names[-1], args, final)

    def _field(self, receiver: Value, name: str, args: _Args, final: _Final) -> Value:
        if isinstance(receiver, Invalid):
            raise self._error(f"nil data; no entry for key {quote(name)}")
        has_args = len(args) > 1 or not isinstance(final, _Missing)
        target = indirect(receiver)
        if isinstance(target, Struct) and name in target.fields:
            if has_args:
                raise self._error(f"{name} has arguments but cannot be invoked as function")
            return target.fields[name]
        if isinstance(target, NilMap):
            if has_args:
                raise self._error(f"{name} is not a method but has arguments")
            raise self._error(f"map has no entry for key {quote(name)}")
        raise self._error(f"can't evaluate field {name} in type {type_name(receiver)}")

    # functions

    def _function(
        self, dot: Value, node: nodes.Word, at: nodes.Node, args: _Args, final: _Final
    ) -> Steps[Value]:
        self._node = node
        name = node.text
        signature = SIGNATURES[name]
        self._check_count(name, signature, args[1:], final)
        if name in ("and", "or"):
            result: Value = yield self._and_or(dot, name, args[1:], final)
            return result
        values: list[Value] = []
        for arg in args[1:]:
            values.append((yield self._argument(dot, _parameter(signature, len(values)), arg)))
        if not isinstance(final, _Missing):
            values.append(self._checked(final, _parameter(signature, len(values))))
        try:
            if name == "call":
                callee = str(args[1]) if len(args) > 1 else _as_string(values[0])
                return call(callee, *values)
            result = signature.call(*values)
            return self._kept(result)
        except FunctionError as err:
            self._node = at
            raise self._error(f"error calling {name}: {err}") from err

    def _kept(self, result: Value) -> Value:
        if not isinstance(result, str):
            return result
        if len(result) > MAX_LENGTH:
            raise TooMuchWorkError
        return normal(result)

    def _check_count(self, name: str, signature: Signature, args: _Args, final: _Final) -> None:
        count = len(args) + (not isinstance(final, _Missing))
        fixed = len(signature.fixed)
        if signature.more is None and count != fixed:
            raise self._error(f"wrong number of args for {name}: want {fixed} got {count}")
        if count < fixed:
            raise self._error(
                f"wrong number of args for {name}: want at least {fixed} got {len(args)}"
            )

    def _and_or(self, dot: Value, name: str, args: _Args, final: _Final) -> Steps[Value]:
        value: Value = INVALID
        for arg in args:
            value = yield self._argument(dot, "reflect.Value", arg)
            if truth(value) == (name == "or"):
                return value
        return value if isinstance(final, _Missing) else final

    def _argument(self, dot: Value, parameter: Parameter | None, node: nodes.Node) -> Steps[Value]:
        self._node = node
        match node:
            case nodes.Word(kind="dot"):
                return self._checked(dot, parameter)
            case nodes.Word(kind="nil"):
                return self._nil(parameter)
            case nodes.Field():
                value = yield self._path(dot, node, [node], _MISSING)
                return self._checked(value, parameter)
            case nodes.Variable() | nodes.Chain():
                value = yield self._path(dot, node, [], _MISSING)
                return self._checked(value, parameter)
            case nodes.Pipe():
                value = yield self._pipeline(dot, node)
                return self._checked(value, parameter)
            case nodes.Word(kind="identifier"):
                value = yield self._function(dot, node, node, [], _MISSING)
                return self._checked(value, parameter)
        if parameter == "string" and not isinstance(node, nodes.String):
            raise self._error(f"expected string; found {node}")
        return self._constant(dot, node)

    def _nil(self, parameter: Parameter | None) -> Value:
        if parameter == "string":
            raise self._error("cannot assign nil to string")
        return None if parameter == "interface {}" else INVALID

    def _checked(self, value: Value, parameter: Parameter | None) -> Value:
        if isinstance(value, Invalid):
            if parameter == "string":
                raise self._error("invalid value; expected string")
            return None if parameter == "interface {}" else INVALID
        if parameter == "string" and not isinstance(value, str):
            raise self._error(f"wrong type for value; expected string; got {type_name(value)}")
        return value


def _parameter(signature: Signature, at: int) -> Parameter | None:
    return signature.fixed[at] if at < len(signature.fixed) else signature.more


def _as_string(value: Value) -> str:
    if isinstance(value, Invalid):
        return "<invalid Value>"
    return value if isinstance(value, str) else f"<{type_name(value)} Value>"
