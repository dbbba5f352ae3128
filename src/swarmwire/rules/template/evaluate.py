"""Expressions of Go's text/template: pipelines, fields, variables, functions.

Source: Go 1.26, text/template/exec.go, with the option that a missing key is an error.
"""

from swarmwire.rules.go_text import quote
from swarmwire.rules.template import nodes
from swarmwire.rules.template.functions import SIGNATURES, Parameter, Signature, call
from swarmwire.rules.template.nodes import NAME
from swarmwire.rules.template.values import (
    CONTEXT,
    INVALID,
    MAX_DEPTH,
    MAX_LENGTH,
    FunctionError,
    Invalid,
    NilMap,
    Struct,
    TemplateError,
    TooDeepError,
    TooMuchWorkError,
    Value,
    indirect,
    normal,
    truth,
    type_name,
)

_MAX_STEPS = 400_000


class _Missing:
    """Nothing comes down the pipe."""


_MISSING = _Missing()

_Final = Value | _Missing
_Args = list[nodes.Node]


class Evaluator:
    """What an expression depends on: the variables, and the node that messages speak of."""

    def __init__(self, text: str, root: nodes.Node) -> None:
        self._text = text
        self._name = NAME
        self._node = root
        self._vars: list[tuple[str, Value]] = [("$", CONTEXT)]
        self._steps = 0
        self._depth = 0

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

    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise TooDeepError

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

    def _pipeline(self, dot: Value, pipe: nodes.Pipe) -> Value:
        self._node = pipe
        value: _Final = _MISSING
        for command in pipe.commands:
            value = self._command(dot, command, value)
        assert not isinstance(value, _Missing)
        for variable in pipe.variables:
            if pipe.assigns:
                self._assign(variable.names[0], value)
            else:
                self._vars.append((variable.names[0], value))
        return value

    def _nested(self, dot: Value, pipe: nodes.Pipe) -> Value:
        self._deeper()
        value = self._pipeline(dot, pipe)
        self._depth -= 1
        return value

    def _command(self, dot: Value, command: nodes.Command, final: _Final) -> Value:
        self._step()
        first = command.args[0]
        match first:
            case nodes.Field() | nodes.Chain() | nodes.Variable():
                return self._path(dot, first, command.args, final)
            case nodes.Word(kind="identifier"):
                return self._function(dot, first, command, command.args, final)
            case nodes.Pipe():
                self._no_args(command.args, final)
                return self._nested(dot, first)
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
    ) -> Value:
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
            value = self._argument(dot, None, node.node)
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
    ) -> Value:
        self._node = node
        name = node.text
        signature = SIGNATURES[name]
        self._check_count(name, signature, args[1:], final)
        if signature.call is None:
            return self._and_or(dot, name, args[1:], final)
        values: list[Value] = []
        for arg in args[1:]:
            values.append(self._argument(dot, _parameter(signature, len(values)), arg))
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

    def _and_or(self, dot: Value, name: str, args: _Args, final: _Final) -> Value:
        value: Value = INVALID
        for arg in args:
            value = self._argument(dot, "reflect.Value", arg)
            if truth(value) == (name == "or"):
                return value
        return value if isinstance(final, _Missing) else final

    def _argument(self, dot: Value, parameter: Parameter | None, node: nodes.Node) -> Value:
        self._node = node
        match node:
            case nodes.Word(kind="dot"):
                return self._checked(dot, parameter)
            case nodes.Word(kind="nil"):
                return self._nil(parameter)
            case nodes.Field():
                value = self._path(dot, node, [node], _MISSING)
                return self._checked(value, parameter)
            case nodes.Variable() | nodes.Chain():
                value = self._path(dot, node, [], _MISSING)
                return self._checked(value, parameter)
            case nodes.Pipe():
                value = self._nested(dot, node)
                return self._checked(value, parameter)
            case nodes.Word(kind="identifier"):
                value = self._function(dot, node, node, [], _MISSING)
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
