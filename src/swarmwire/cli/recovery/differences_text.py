"""What differs between two stores as text for people. Pure."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any, Final

import msgspec

from swarmwire.cli.tables import Cell, Row, Table, table
from swarmwire.cli.terminal import Painter, one_line, width
from swarmwire.raftstore import Kind
from swarmwire.storediff import Both, Comparison, Count, Listed, ObjectDifference

_LONGEST: Final = 300
_SIGNS: Final = {"added": "+", "removed": "-", "changed": "~", "reordered": "%"}
_STYLES: Final = {"+": "32", "-": "31", "~": "33", "%": "33", "=": "2"}
_PAYLOADS: Final = frozenset({("secret", "Data"), ("config", "Data")})
_ASKED: Final = "a manager does not show it"


class Side(msgspec.Struct, frozen=True):
    """One side of a comparison.

    Attributes:
        place: where it is from.
        index: the log index that it stands at; None of a live manager.
        is_whole: whether nothing is missing from it.
    """

    place: str
    index: int | None = None
    is_whole: bool = True


def verdict(found: Comparison, here: Side, there: Side, *, color: bool = False) -> str:
    """Whether they are equal, and what is what, in three lines."""
    paint = Painter(color=color)
    style = "1;32" if found.is_equal else "1;31"
    lines = [
        paint(style, _summary(found)),
        f"  here  {paint('31', '-')} {_place(here)}",
        f"  there {paint('32', '+')} {_place(there)}",
    ]
    return "\n".join(lines) + "\n\n"


def _place(side: Side) -> str:
    index = "" if side.index is None else f", at index {side.index}"
    whole = "" if side.is_whole else ", not complete"
    return f"{one_line(side.place)}{index}{whole}"


def _summary(found: Comparison) -> str:
    if found.is_equal:
        partly = found.untold_kinds or any(each.untold for each in found.both)
        known = ", as far as it can be told" if partly else ""
        new = sum(each.has_new_id for each in found.both)
        ids = f"; {new} of the objects {'has' if new == 1 else 'have'} a new id" if new else ""
        return f"equal{known}: nothing differs{ids}"
    parts = [
        (sum(each.different for each in found.counts), "differ", "differs"),
        (len(found.only_here), "are only here", "is only here"),
        (len(found.only_there), "are only there", "is only there"),
    ]
    texts = [f"{many} {one if many == 1 else more}" for many, more, one in parts if many]
    return f"different: of the objects {', '.join(texts)}"


def counted(found: Comparison) -> Table:
    """How many there are of each kind."""
    heads = "KIND|HERE|THERE|EQUAL|DIFFERENT|NEW ID|ONLY HERE|ONLY THERE"
    return table(heads, (_row(each) for each in found.counts))


def _row(count: Count) -> Row:
    start = (plural(count.kind), str(count.here), str(count.there))
    if not count.compared:
        return (*start, Cell("not compared", "dull"), "", "", "", "")
    moods = (
        (count.equal, "good"),
        (count.different, "bad"),
        (count.new_ids, "busy"),
        (count.only_here, "bad"),
        (count.only_there, "bad"),
    )
    return (*start, *(Cell(str(many), mood if many else "dull") for many, mood in moods))


def detailed(found: Comparison, *, color: bool = False) -> str:
    """Every object that there is something to tell of, kind by kind."""
    paint = Painter(color=color)
    lines: dict[Kind, list[str]] = {count.kind: [] for count in found.counts}
    for both in found.both:
        lines[both.kind] += _both(both, paint)
    for sign, where, listed in (
        ("-", "here", found.only_here),
        ("+", "there", found.only_there),
    ):
        for each in listed:
            lines[each.kind].append(_one(each, sign, where, paint))
    return "".join(f"{line}\n" for group in lines.values() for line in group)


def _one(each: Listed, sign: str, where: str, paint: Painter) -> str:
    name = f"{sign} {each.kind} {_name(each.name)}"
    version = f", version {each.version}" if each.version else ""
    return f"{paint(_STYLES[sign], name)}  only {where}  ({one_line(each.id)}{version})"


def _both(both: Both, paint: Painter) -> Iterator[str]:
    if not both.differences and not both.has_new_id:
        return
    sign = "~" if both.differences else "="
    name = f"{sign} {both.kind} {_name(both.name)}"
    yield f"{paint(_STYLES[sign], name)}  {_identity(both)}"
    for each in both.differences:
        yield from _difference(both.kind, each, paint)


def _identity(both: Both) -> str:
    """Which of the two is newer; versions of different swarms do not tell."""
    if both.has_new_id:
        ids = f"{one_line(both.here_id)} -> {one_line(both.there_id)}"
        return f"same name, new id  ({ids})"
    here, there = both.here_version, both.there_version
    age = "" if here == there else f": newer {'here' if here > there else 'there'}"
    versions = f"version {here}" if here == there else f"version {here} -> {there}"
    return f"{versions}{age}  ({one_line(both.here_id)})"


def _difference(kind: Kind, each: ObjectDifference, paint: Painter) -> Iterator[str]:
    sign = _SIGNS[each.operation]
    head = f"    {paint(_STYLES[sign], sign)} {one_line(each.path)}"
    here, there = _value(each.here), _value(each.there)
    if (kind, each.path) in _PAYLOADS:
        yield f"{head}: payload differs: {_sizes(each)}"
    elif each.operation == "added":
        yield f"{head}: {there}"
    elif each.operation == "removed":
        yield f"{head}: {here}"
    elif len(here) + len(there) + len(each.path) < width():
        yield f"{head}: {here} -> {there}{_alike(here, there)}"
    else:
        yield f"{head}{_alike(here, there)}"
        yield f"        {paint('31', '-')} {here}"
        yield f"        {paint('32', '+')} {there}"


def _alike(here: str, there: str) -> str:
    return "  (differ in what is not shown)" if here == there else ""


def _sizes(each: ObjectDifference) -> str:
    here, there = each.here or "0 bytes", each.there or "0 bytes"
    if here == there:
        return f"both have {here}"
    return f"{here.partition(' ')[0]} -> {there}"


def _value(value: Any) -> str:
    text = one_line(json.dumps(value, ensure_ascii=False))
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}… ({len(text)} characters)"


def _name(name: str) -> str:
    return one_line(name) or "(no name)"


def notes(found: Comparison, here: Side, there: Side) -> str:
    """What could not be compared, and what is to be doubted."""
    untold = Counter((each.kind, path) for each in found.both for path in each.untold)
    lines = [
        f"cannot be compared, because {_ASKED}: {_what(kind, path, many)}"
        for (kind, path), many in untold.items()
    ]
    lines += [
        f"cannot be compared, because a manager does not list them: {plural(kind)}"
        for kind in found.untold_kinds
    ]
    lines += _not_compared(found.counts, found.untold_kinds)
    for side, word, other in ((here, "here", "there"), (there, "there", "here")):
        if not side.is_whole:
            text = (
                f"what is only {other} may be lost {word}: {one_line(side.place)} is not complete"
            )
            lines.append(text)
    return "".join(f"{line}\n" for line in lines)


def _what(kind: Kind, path: str, many: int) -> str:
    what = "the payload" if (kind, path) in _PAYLOADS else path
    return f"{what} of {many} {kind if many == 1 else plural(kind)}"


def _not_compared(counts: Iterable[Count], untold: Iterable[Kind]) -> list[str]:
    told = set(untold)
    return [
        f"{plural(count.kind)} are counted, not compared"
        for count in counts
        if not count.compared and count.kind not in told
    ]


def plural(kind: Kind) -> str:
    """Many of a kind."""
    return f"{kind}s"
