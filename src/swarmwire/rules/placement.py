"""Placement constraints: how they are read, and which the manager refuses.

Source: SwarmKit manager/constraint. Preferences, platforms and replicas per node are not checked.
"""

import re
from dataclasses import dataclass
from typing import Literal

from swarmwire import pb
from swarmwire.errors import InvalidSpec
from swarmwire.rules._problems import Problems, unknown
from swarmwire.rules.go_text import WHITE_SPACE

Operator = Literal["==", "!="]

_OPERATORS: tuple[Operator, ...] = ("==", "!=")
# as Go: folding case makes the long s and the Kelvin sign letters too
_KEY = re.compile("[A-Za-z_\u017f\u212a][A-Za-z0-9\u017f\u212a._-]+")
_VALUE = re.compile("[A-Za-z0-9\u017f\u212a:\\-_\t\n\f\r .*()?+\\[\\]\\\\^$|/]+")


@dataclass(frozen=True, slots=True)
class Constraint:
    """One placement constraint: ``node.labels.zone == a``.

    Attributes:
        key: as written, without white space around it.
        operator: ``==`` or ``!=``.
        value: as written, without white space around it.
    """

    key: str
    operator: Operator
    value: str


def parse_constraint(text: str) -> Constraint:
    """Read one constraint as the manager does: ``==`` wins wherever it stands.

    Raises:
        InvalidSpec: code Unknown, without a path.
    """
    operator = next((operator for operator in _OPERATORS if operator in text), None)
    if operator is None:
        raise unknown("constraint expected one operator from ==, !=")
    key, _, value = text.partition(operator)
    key, value = key.strip(WHITE_SPACE), value.strip(WHITE_SPACE)
    if not _KEY.fullmatch(key):
        raise unknown(f"key '{key}' is invalid")
    if not _VALUE.fullmatch(value):
        raise unknown(f"value '{value}' is invalid")
    return Constraint(key, operator, value)


def placement_problems(placement: pb.Placement) -> Problems:
    """One problem for each constraint that cannot be read."""
    for index, text in enumerate(placement.constraints):
        try:
            parse_constraint(text)
        except InvalidSpec as err:
            yield err.under("Constraints", index)
