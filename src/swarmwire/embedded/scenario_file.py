"""Scenarios as files say them.

[[rule]]
service = "shop_web"      # also image, slot, node; patterns may have *
image = "*:bad"
then = "exit 1"           # run, exit N, hang STATE, unhealthy, reject TEXT, fail TEXT
after = "2s"              # until it ends, or is unhealthy
pull = "30s"              # how long its image takes
stop = "ignore"           # or the code with which it ends on the signal
stdout = ["ready"]        # lines that it writes when it starts, instead of one; also stderr

[[event]]
at = "1m"                 # since the swarm began
node = "node-3"
do = "kill"               # stop, start, drain, pause, activate; or label, with labels = {}
"""

import tomllib
from typing import Any, Final, get_args

from swarmwire.embedded.clock import as_nanoseconds
from swarmwire.embedded.scenario import (
    Behaviour,
    Hang,
    NodeEvent,
    Scenario,
    ScenarioEvent,
    ScenarioRule,
    Selection,
)
from swarmwire.errors import ConvertError

_RULE: Final[dict[str, type]] = {
    "image": str,
    "service": str,
    "slot": int,
    "node": str,
    "then": str,
    "after": str,
    "pull": str,
    "healthy": str,
    "stop": object,
    "stdout": list,
    "stderr": list,
}
_EVENT: Final[dict[str, type]] = {"at": str, "node": str, "do": str, "labels": dict}
_WORDS: Final = "run, exit N, hang STATE, unhealthy, reject TEXT, fail TEXT"


def scenario_from_toml(text: str) -> Scenario:
    """A scenario as a file says it.

    Raises:
        ConvertError: it is no such file; its path says where: ``rule[2].then``.
    """
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as err:
        raise ConvertError("type", f"this is not TOML: {err}") from err
    for key in document:
        if key not in ("rule", "event"):
            raise ConvertError("unknown", "there is [[rule]] and [[event]]", key)
    return Scenario(
        rules=[_rule(table, place) for place, table in enumerate(_tables(document, "rule"))],
        events=[_event(table, place) for place, table in enumerate(_tables(document, "event"))],
    )


def _tables(document: dict[str, Any], name: str) -> list[dict[str, Any]]:
    tables = document.get(name, [])
    if not isinstance(tables, list) or not all(isinstance(each, dict) for each in tables):
        raise ConvertError("type", f"write [[{name}]]: there can be several", name)
    return tables


def _rule(table: dict[str, Any], place: int) -> ScenarioRule:
    try:
        _check(table, _RULE)
        match = {key: table[key] for key in ("image", "service", "slot", "node") if key in table}
        return ScenarioRule(match=Selection(**match), then=_behaviour(table))
    except ConvertError as err:
        raise err.under("rule", place) from None


def _event(table: dict[str, Any], place: int) -> ScenarioEvent:
    try:
        return _read_event(table)
    except ConvertError as err:
        raise err.under("event", place) from None


def _read_event(table: dict[str, Any]) -> ScenarioEvent:
    _check(table, _EVENT)
    for key in ("at", "node", "do"):
        if key not in table:
            raise ConvertError("missing", "an event needs it", key)
    if table["do"] not in get_args(NodeEvent):
        reason = f"{table['do']!r} is not one of {', '.join(get_args(NodeEvent))}"
        raise ConvertError("unknown", reason, "do")
    labels = table.get("labels", {})
    if not all(isinstance(value, str) for value in labels.values()):
        raise ConvertError("type", "the values of labels are texts", "labels")
    return ScenarioEvent(
        at=_duration(table, "at"), node=table["node"], do=table["do"], labels=labels
    )


def _behaviour(table: dict[str, Any]) -> Behaviour:
    word, _, rest = table.get("then", "run").partition(" ")
    given: dict[str, Any] = {"pull": _duration(table, "pull")}
    if "healthy" in table:
        given["healthy"] = _duration(table, "healthy")
    after = _duration(table, "after")
    match word:
        case "run" if not rest:
            pass
        case "exit" if rest.isdigit() and int(rest) <= 255:
            given |= {"exit": int(rest), "after": after}
        case "hang" if (rest or "starting") in get_args(Hang):
            given["hang"] = rest or "starting"
        case "unhealthy" if not rest:
            given["unhealthy"] = after
        case "reject" if rest:
            given["reject"] = rest
        case "fail" if rest:
            given["fail_start"] = rest
        case _:
            raise ConvertError("unknown", f"{table['then']!r} is not one of {_WORDS}", "then")
    given |= {key: _lines(table, key) for key in ("stdout", "stderr")}
    return Behaviour(**given, stop=_stop(table))


def _lines(table: dict[str, Any], key: str) -> tuple[str, ...]:
    lines = table.get(key, [])
    if not all(isinstance(each, str) for each in lines):
        raise ConvertError("type", "lines are texts", key)
    return tuple(lines)


def _stop(table: dict[str, Any]) -> int | None:
    stop = table.get("stop", 0)
    if stop == "ignore":
        return None
    if isinstance(stop, bool) or not isinstance(stop, int) or not 0 <= stop <= 255:
        raise ConvertError("range", "write a code from 0 to 255, or ignore", "stop")
    return stop


def _check(table: dict[str, Any], known: dict[str, type]) -> None:
    for key, value in table.items():
        if key not in known:
            raise ConvertError("unknown", f"it is none of {', '.join(known)}", key)
        if not isinstance(value, known[key]) or isinstance(value, bool):
            raise ConvertError("type", f"write {_NAMES[known[key]]}", key)


_NAMES: Final = {str: "a text", int: "a number", dict: "a table", list: "a list"}


def _duration(table: dict[str, Any], key: str) -> int:
    try:
        return as_nanoseconds(table.get(key, 0))
    except ConvertError as err:
        raise err.under(key) from None
