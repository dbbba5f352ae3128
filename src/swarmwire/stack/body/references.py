"""A service's references to secrets and configs.

Source: docker/cli cli/compose/convert/service.go, convertServiceSecrets and
convertServiceConfigObjs; cli/command/service/parse.go.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from swarmwire.stack.body.building import find, made, scoped
from swarmwire.stack.body.refusal import Refusal
from swarmwire.stack.forms.objects import FileObject, text_of
from swarmwire.stack.places import Located

_MODE = 0o444


class Ids(NamedTuple):
    """The ids of secrets and configs in the swarm, by full name."""

    secrets: Mapping[str, str]
    configs: Mapping[str, str]


def secret_references(
    stack: str, service: Located, secrets: dict[str, Located], ids: Ids
) -> Located | None:
    """The secrets that a service's containers may read, by name.

    Raises:
        Refusal: one that is not defined or not in the swarm, or two with the same target.
    """
    given = find(service, "secrets")
    if given is None:
        return None
    targets = _targets("secret", stack, given, secrets)
    references = [_with_id("secret", name, fields, ids.secrets) for name, fields in targets]
    return given.with_value(_by_name(references, "SecretName"))


def config_references(
    stack: str, service: Located, configs: dict[str, Located], ids: Ids
) -> Located | None:
    """The configs that a service's containers may read, and those that their runtime reads.

    Raises:
        Refusal: as for secrets.
    """
    given = find(service, "configs")
    runtime = find(service, "credential_spec", "config")
    runtime = runtime if runtime is not None and runtime.value else None
    at = given or runtime
    if at is None:
        return None
    targets = [] if given is None else _targets("config", stack, given, configs)
    if runtime is not None:
        name = _full_name("config", stack, runtime, configs)
        targets.append((name, {"Runtime": made(runtime)}))
    references = [_with_id("config", name, fields, ids.configs) for name, fields in targets]
    return at.with_value(_by_name(references, "ConfigName"))


def _by_name(references: list[Located], field: str) -> list[Located]:
    return sorted(references, key=lambda reference: str(reference.value[field].value))


def _targets(
    kind: FileObject, stack: str, given: Located, objects: dict[str, Located]
) -> list[tuple[Located, dict[str, Located]]]:
    """The full name of each, and the file that it becomes."""
    named = [
        (_full_name(kind, stack, find(one, "source") or one.with_value(""), objects), one)
        for one in given.value
    ]
    targets = []
    seen = set()
    for name, one in named:
        file = _file(one)
        if file.value["Name"].value in seen:
            raise Refusal(f"duplicate {kind} target for {name.value} not allowed", one)
        seen.add(file.value["Name"].value)
        targets.append((name, {"File": file}))
    return targets


def _full_name(
    kind: FileObject, stack: str, source: Located, objects: dict[str, Located]
) -> Located:
    defined = objects.get(source.value)
    if defined is None:
        raise Refusal(f'undefined {kind} "{source.value}"', source)
    if text_of(defined, "name"):
        name: Located = defined.value["name"]
        return name
    return source.with_value(scoped(stack, source.value))


def _file(one: Located) -> Located:
    def given(option: str, default: Any) -> Located:
        found = find(one, option)
        is_absent = found is None or found.value == ""
        return one.with_value(default) if found is None or is_absent else found

    return made(
        one,
        Name=given("target", text_of(one, "source")),
        UID=given("uid", "0"),
        GID=given("gid", "0"),
        Mode=given("mode", _MODE),
    )


def _with_id(
    kind: FileObject, name: Located, fields: dict[str, Located], ids: Mapping[str, str]
) -> Located:
    try:
        id_ = ids[name.value]
    except KeyError:
        raise Refusal(f"{kind} not found: {name.value}", name) from None
    word = kind.capitalize()
    return name.with_value({**fields, f"{word}ID": name.with_value(id_), f"{word}Name": name})
