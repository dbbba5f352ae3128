"""Volumes of a service in short form: ``[source:]target[:options]``.

Source: docker/cli internal/volumespec/volumespec.go.
"""

from typing import Any, Final

from swarmwire.rules.go_text import is_letter

_PROPAGATIONS: Final = frozenset({"rprivate", "private", "rshared", "shared", "rslave", "slave"})


def parse_volume_spec(text: str) -> dict[str, Any]:
    """The volume in long form.

    Raises:
        ValueError: not a volume; the text is docker's.
    """
    if not text:
        raise ValueError("invalid empty volume spec")
    if len(text.encode()) <= 2:
        return {"type": "volume", "target": text}
    volume: dict[str, Any] = {}
    sections = _sections(text)
    for index, section in enumerate(sections):
        is_last = index == len(sections) - 1
        try:
            _read(volume, section, is_last=is_last)
        except ValueError as err:
            raise ValueError(f"invalid spec: {text}: {err}") from None
    source = volume.get("source", "")
    volume["type"] = "bind" if source and _is_path(source) else "volume"
    return volume


def _sections(text: str) -> list[str]:
    """What stands between the colons, but for those of Windows drives."""
    # A NUL ends the text in the docker command's own reader.
    sections, current = [], ""
    for char in text:
        if char == ":" and not (len(current) == 1 and is_letter(current)):
            sections.append(current)
            current = ""
        else:
            current += char
    return [*sections, current]


def _read(volume: dict[str, Any], section: str, *, is_last: bool) -> None:
    if not section:
        raise ValueError("empty section between colons")
    if "source" not in volume:
        volume["target" if is_last else "source"] = section
    elif "target" not in volume:
        volume["target"] = section
    elif not is_last:
        raise ValueError("too many colons")
    else:
        for option in section.split(","):
            _option(volume, option)


def _option(volume: dict[str, Any], option: str) -> None:
    if option in {"ro", "rw"}:
        volume["read_only"] = option == "ro"
    elif option == "nocopy":
        volume["volume"] = {"nocopy": True}
    elif option in _PROPAGATIONS:
        volume["bind"] = {"propagation": option}


def _is_path(source: str) -> bool:
    if source[0] in "./~":
        return True
    if len(source) == 1:
        return False
    return source.startswith("\\\\") or (is_letter(source[0]) and source[1] == ":")
