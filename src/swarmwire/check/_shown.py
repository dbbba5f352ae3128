"""Values and texts as findings may show them: short, and without what may be a secret.

Findings end up in the logs of build servers. So the values of the environment, of commands, of
maps (labels and options hold passwords, too) and of all bytes stay hidden.
"""

import re
from typing import Any

from swarmwire.check._fields import Steps, fields_of, is_struct, value_at
from swarmwire.engine.address import go_quoted
from swarmwire.errors import MapKey

HIDDEN = "…"
_LONGEST = 60
_SECRET = frozenset(
    {"Args", "CACert", "Command", "Data", "Profile", "SigningCACert", "SigningCAKey", "Test"}
)
_ENVIRONMENT = frozenset({"Env", "env"})
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_MAP_ENTRY = re.compile(r'(expanding map entry "(?:[^"\\]|\\.)*"=)"(?:[^"\\]|\\.)*"')
_TEMPLATE = '"expansion"'


def shown(value: Any, steps: Steps) -> str:
    """The value at ``steps`` in a few words."""
    if is_struct(value):
        names = [
            field.name
            for field in fields_of(type(value)).values()
            if getattr(value, field.attribute, field.empty) != field.empty
        ]
        return _shortened("{" + ", ".join(names) + "}")
    if isinstance(value, dict):
        return _shortened("{" + ", ".join(key for key in value if isinstance(key, str)) + "}")
    if isinstance(value, list | bytes):
        kind = "byte" if isinstance(value, bytes) else "item"
        return f"{len(value)} {kind}{'' if len(value) == 1 else 's'}"
    if not isinstance(value, str | int | float):
        return ""
    if _ENVIRONMENT.intersection(steps):
        name, equals, _ = str(value).partition("=")
        return _shortened(f"{name}={HIDDEN}") if equals else HIDDEN
    if is_secret(steps):
        return HIDDEN
    if isinstance(value, bool):
        return str(value).lower()
    return _shortened(go_quoted(value) if isinstance(value, str) else str(value))


def is_secret(steps: Steps) -> bool:
    """Whether what is at ``steps`` may be a secret."""
    return any(
        isinstance(step, MapKey) or step in _SECRET or step in _ENVIRONMENT for step in steps
    )


def without_secrets(reason: str, spec: object, steps: Steps) -> str:
    """The text of an error without the value that it is about, if that may be a secret."""
    reason = _MAP_ENTRY.sub(rf'\1"{HIDDEN}"', reason)
    if not _ENVIRONMENT.intersection(steps):
        return reason
    entry = str(value_at(spec, steps) or "")
    name = entry.partition("=")[0] + "=" if "=" in entry else ""
    hidden = f"{name}{HIDDEN}"
    reason = reason.replace(go_quoted(entry), f"\0{hidden}\0")
    if entry and reason.endswith(entry):
        reason = reason.removesuffix(entry) + hidden
    masked = _QUOTED.sub(lambda found: found[0] if found[0] == _TEMPLATE else f'"{HIDDEN}"', reason)
    return masked.replace("\0", '"')


def _shortened(text: str) -> str:
    printable = "".join(c if c.isprintable() else "?" for c in text[: _LONGEST + 1])
    return printable if len(text) <= _LONGEST else printable[: _LONGEST - 1] + "…"
