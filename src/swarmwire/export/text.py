"""Stack files as text: YAML that both PyYAML and the docker command read alike. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import yaml

from swarmwire.export.document import Document
from swarmwire.export.values import Flow, Octal, Present, Quoted
from swarmwire.stack.yaml.scalars import STR, TagError, resolve

_INDENT: Final = 2
_WIDTH: Final = 1 << 30
_TAG: Final = "tag:yaml.org,2002:"
_ONCE_TRUTH: Final = frozenset({"y", "Y", "n", "N"})
"""Truth values to docker commands before 23, which PyYAML takes for text."""


def as_text(
    document: Document,
    version: str,
    *,
    head: Iterable[str] = (),
    comments: Mapping[str, Iterable[str]] | None = None,
) -> str:
    """The text of a stack file.

    Args:
        document: what is in it.
        version: the version of the format.
        head: comments at its beginning, a line each.
        comments: comments at the beginning of services, by their own names.
    """
    told = comments or {}
    parts = ["".join(_comment(line, 0) for line in head), _dumped({"version": Quoted(version)})]
    if document.services:
        services = [
            _service(name, options, told.get(name, ()))
            for name, options in sorted(document.services.items())
        ]
        parts.append("services:\n" + "\n".join(services))
    for name in ("networks", "volumes", "secrets", "configs"):
        entries = dict(getattr(document.sections, name).entries)
        if name == "networks" and not entries.get("default", True):
            del entries["default"]  # every stack has it
        if entries:
            parts.append(_dumped({name: {key: entries[key] or None for key in sorted(entries)}}))
    return "\n".join(part for part in parts if part)


def _service(name: str, options: dict[str, Any], comments: Iterable[str]) -> str:
    first, _, rest = _dumped({name: options}).partition("\n")
    told = "".join(_comment(line, _INDENT) for line in comments)
    return _indented(f"{first}\n{told}{rest}")


def _comment(line: str, indent: int) -> str:
    # A name may hold anything, and must not end the comment.
    plain = "".join(char if char.isprintable() else "?" for char in line)
    return f"{' ' * indent}# {plain}".rstrip() + "\n"


def _indented(text: str) -> str:
    return "".join(
        f"{' ' * _INDENT}{line}\n" if line else "\n" for line in text.removesuffix("\n").split("\n")
    )


def _dumped(value: Any) -> str:
    text: str = yaml.dump(
        _escaped(value),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        width=_WIDTH,
        indent=_INDENT,
    )
    return text


def _escaped(value: Any) -> Any:
    """The value with every dollar sign of a text doubled: the docker command interpolates."""
    if isinstance(value, str):
        return type(value)(value.replace("$", "$$"))
    if isinstance(value, dict):
        return type(value)((key, _escaped(entry)) for key, entry in value.items())
    if isinstance(value, list):
        return type(value)(_escaped(entry) for entry in value)
    return value


class _Dumper(yaml.SafeDumper):
    """Writes a stack file as people do."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:  # noqa: FBT001, FBT002
        """See PyYAML; entries of lists are indented."""
        del indentless
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: Any) -> bool:
        """See PyYAML; what is equal is written again."""
        del data
        return True


def _text(dumper: _Dumper, text: str) -> yaml.ScalarNode:
    style = None
    if not text.replace("\n", "").isprintable() or not _is_text(text):
        style = '"'
    elif "\n" in text.strip("\n"):
        style = "|"
    return dumper.represent_scalar(f"{_TAG}str", text, style)


def _is_text(text: str) -> bool:
    """Whether the docker command takes the text for text without quotes, in all its releases."""
    try:
        return resolve("", text)[0] == STR and text not in _ONCE_TRUTH
    except TagError:
        return False


_Dumper.add_representer(str, _text)
_Dumper.add_representer(
    Quoted, lambda dumper, text: dumper.represent_scalar(f"{_TAG}str", str(text), '"')
)
_Dumper.add_representer(
    Octal, lambda dumper, mode: dumper.represent_scalar(f"{_TAG}int", f"0{mode:o}")
)
_Dumper.add_representer(type(None), lambda dumper, _: dumper.represent_scalar(f"{_TAG}null", ""))
_Dumper.add_representer(Present, lambda dumper, value: dumper.represent_dict(value.items()))
_Dumper.add_representer(
    Flow, lambda dumper, value: dumper.represent_sequence(f"{_TAG}seq", value, flow_style=True)
)
