"""The tables ``[rules.NAME]`` of a policy file, each with what it takes over from another one."""

import re
from collections.abc import Mapping
from dataclasses import replace
from posixpath import normpath
from typing import Final

from swarmwire.errors import InvalidSpec
from swarmwire.policy.file_tables import PolicyTable
from swarmwire.policy.ruleset import (
    DENIALS,
    REQUIREMENTS,
    STRICT,
    BindFolder,
    Maxima,
    MountLimits,
    RuleSet,
    parse_allowance,
)
from swarmwire.rules import Constraint, parse_constraint

_RANGE: Final = re.compile(r"([0-9]{1,5})(?:-([0-9]{1,5}))?")
_PORTS: Final = range(1, 65536)
_CONSTRAINT: Final = "constraint:"
_COUNTED: Final = (
    *("replicas", "pids", "ports", "services", "networks", "secrets", "configs", "stacks"),
)


def read_rule_sets(sections: Mapping[str, PolicyTable]) -> dict[str, RuleSet]:
    """All sets of a file, and the built-in one; each problem is put down once."""
    found = {STRICT.name: STRICT}
    for name, section in sections.items():
        if name == STRICT.name:
            section.problem("strict is built in; call it otherwise")
            section.values.clear()
    for name in sections:
        _read(name, sections, found, ())
    for section in sections.values():
        section.refuse_unknown()
    return found


def _read(
    name: str,
    sections: Mapping[str, PolicyTable],
    found: dict[str, RuleSet],
    above: tuple[str, ...],
) -> RuleSet:
    if name in found:
        return found[name]
    section = sections[name]
    base = section.value("extends", str, STRICT.name)
    inherited = STRICT
    if base in (*above, name):
        section.problem("extends itself, by way of others or not", "extends")
    elif base not in found and base not in sections:
        section.problem(f"there is no set of rules {base!r}", "extends")
    else:
        inherited = _read(base, sections, found, (*above, name))
    found[name] = _changed(name, section, inherited)
    return found[name]


def _changed(name: str, section: PolicyTable, base: RuleSet) -> RuleSet:
    """The set: lists and numbers that are given replace; ``require``, ``allow``, ``deny`` add."""
    required = section.read_each("require", _requirement)
    constraints = tuple(item for item in required if isinstance(item, Constraint))
    words = frozenset(item for item in required if isinstance(item, str))
    images = section.read_each("images", _image_pattern)
    ports, host = section.read_each("ports", _ports), section.read_each("host", _ports)
    return RuleSet(
        name=name,
        images=images if section.has("images") else base.images,
        require=base.require | words,
        constraints=(*base.constraints, *constraints),
        maxima=_maxima(section.table("max"), base.maxima),
        ports=ports if section.has("ports") else base.ports,
        host=host if section.has("host") else base.host,
        mounts=_mounts(section.table("mounts"), base.mounts),
        allow=(*base.allow, *section.read_each("allow", parse_allowance)),
        deny=base.deny | frozenset(section.words("deny", DENIALS)),
    )


def _requirement(text: str) -> str | Constraint:
    if not text.startswith(_CONSTRAINT):
        if text not in REQUIREMENTS:
            known = ", ".join(REQUIREMENTS)
            raise ValueError(f"must be one of {known}, {_CONSTRAINT}EXPRESSION")
        return text
    try:
        return parse_constraint(text.removeprefix(_CONSTRAINT))
    except InvalidSpec as err:
        raise ValueError(err.reason) from None


def _image_pattern(text: str) -> str:
    first = text.partition("/")[0]
    if (
        "*" not in first
        and first != "localhost"
        and not {".", ":"} & set(first if "/" in text else "")
    ):
        full = f"docker.io/{text}" if "/" in text else f"docker.io/library/{text}"
        raise ValueError(f"begins with no registry: write {full}")
    return text


def _ports(text: str) -> range:
    found = _RANGE.fullmatch(text)
    first = int(found[1]) if found else 0
    last = int(found[2] or first) if found else 0
    if first not in _PORTS or last not in _PORTS or last < first:
        raise ValueError("must be a port or a range of ports, such as 8000-8099")
    return range(first, last + 1)


def _maxima(section: PolicyTable, base: Maxima) -> Maxima:
    numbers = {key: section.number(key) for key in _COUNTED}
    sizes = {"memory": section.size("memory"), "cpus": section.cpus("cpus")}
    section.refuse_unknown()
    given = {key: value for key, value in (numbers | sizes).items() if value is not None}
    return replace(base, **given)


def _mounts(section: PolicyTable, base: MountLimits) -> MountLimits:
    tmpfs = section.size("tmpfs")
    folders = section.read_each("bind", _folder)
    mounts = MountLimits(
        volumes=section.value("volumes", bool, base.volumes),
        bind=folders if section.has("bind") else base.bind,
        tmpfs=base.tmpfs if tmpfs is None else tmpfs,
    )
    section.refuse_unknown()
    return mounts


def _folder(text: str) -> BindFolder:
    path = text.removesuffix(":ro").removesuffix(":rw")
    if not path.startswith("/") or ":" in path or "*" in path or ".." in path.split("/"):
        raise ValueError("must be a folder such as /srv/shop or /srv/shop:ro")
    return BindFolder(normpath("/" + path.strip("/")), text.endswith(":ro"))
