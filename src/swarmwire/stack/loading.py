"""From the texts of stack files to one stack, as ``docker stack deploy`` reads them.

Source: docker/cli cli/command/stack/loader.go; cli/compose/loader/loader.go, Load; merge.go.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from swarmwire.errors import StackError, StackProblem
from swarmwire.images import check_image
from swarmwire.stack.files import Read
from swarmwire.stack.forms.leaves import Reading
from swarmwire.stack.forms.normalising import Sections, Surroundings, normalise
from swarmwire.stack.forms.objects import text_of
from swarmwire.stack.forms.service import SERVICE
from swarmwire.stack.interpolation import Interpolation, Variable
from swarmwire.stack.options import deprecated, forbidden, ignored
from swarmwire.stack.places import Located, Place
from swarmwire.stack.schema.validation import validate, version_of
from swarmwire.stack.yaml.values import read_yaml


class File(NamedTuple):
    """A stack file: its name, for messages, and its text."""

    name: str
    text: str | bytes


@dataclass(frozen=True)
class Stack:
    """Stack files, read and merged: what ``bodies`` makes the bodies of.

    Attributes:
        sections: services, networks, volumes, secrets and configs in their normal form.
        read: gives the contents of files of secrets and configs.
        ignored: options of services that the docker command ignores, and says so; sorted.
        deprecated: the same for deprecated options, and what it says of each.
        warnings: what else it does otherwise than the files say, each with its place.
        variables: the variables that the files use, by name.
        roots: the mapping of each file, its variables replaced, before anything is dropped.
    """

    sections: Sections
    read: Read = field(repr=False)
    ignored: tuple[str, ...] = ()
    deprecated: dict[str, str] = field(default_factory=dict)
    warnings: tuple[StackProblem, ...] = ()
    variables: dict[str, Variable] = field(default_factory=dict)
    roots: tuple[Located, ...] = field(default=(), repr=False)


def load(
    files: Sequence[File],
    *,
    environment: Mapping[str, str],
    read: Read,
    directory: str,
    with_images: bool = True,
) -> Stack:
    """Read stack files and merge them, later ones over earlier ones.

    Args:
        files: the files, at least one.
        environment: the variables to interpolate, and for services that name one without value.
        read: gives the bytes of a path, or raises OSError as ``open`` does. Called for files of
            variables here, for those of secrets and configs by ``bodies``.
        directory: where relative paths begin: the folder of the first file, absolute.
        with_images: whether references of images are checked, as a deploy does and
            ``docker stack config`` does not.

    Raises:
        StackError: what the docker command refuses, in its order: each file's YAML, then for each
            file its version, forbidden options, interpolation, schema and values, then images.
    """
    if not files:
        raise StackError("load", "specify a Compose file (with --compose-file)")
    reading = Reading()
    roots = []
    for file in files:
        root, second = read_yaml(file.name, file.text)
        roots.append(root)
        if second is not None:
            reading.warnings.append(_second_document(second))
    known = {name: _as_unicode(value) for name, value in environment.items()}
    interpolation = Interpolation(known)
    around = Surroundings(known, read, directory)
    interpolated: list[Located] = []
    merged = _merged(roots, interpolation, around, reading, interpolated)
    refused = next(image_errors(merged.services), None) if with_images else None
    if refused is not None:
        raise refused
    return Stack(
        merged,
        read,
        ignored(roots),
        deprecated(roots),
        tuple(reading.warnings),
        interpolation.variables,
        tuple(interpolated),
    )


def variables_of(files: Sequence[File], *, environment: Mapping[str, str]) -> dict[str, Variable]:
    """The variables that stack files use, by name, also of files that ``load`` refuses.

    Raises:
        StackError: a file is no YAML.
    """
    interpolation = Interpolation(environment)
    for file in files:
        interpolation.note(read_yaml(file.name, file.text)[0])
    return interpolation.variables


def _as_unicode(text: str) -> str:
    """A variable as it stands in JSON: what is not UTF-8 in the environment is replaced."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _second_document(place: Place) -> StackProblem:
    return StackProblem(*place, "", "only the first document of the file is read")


def _merged(
    roots: list[Located],
    interpolation: Interpolation,
    around: Surroundings,
    reading: Reading,
    interpolated: list[Located],
) -> Sections:
    version = version_of(roots[0])
    merged = None
    for root in roots:
        _refuse_other_version(root, version)
        interpolated.append(_valid(root, interpolation, version))
        sections = normalise(interpolated[-1], around, reading)
        merged = sections if merged is None else merge(merged, sections)
    assert merged is not None
    return merged


def _valid(root: Located, interpolation: Interpolation, version: str) -> Located:
    """A file with its variables replaced.

    Raises:
        StackError: it has forbidden options, told with all else that is wrong then, or is not what
            its version says.
    """
    problems = forbidden(root)
    try:
        found = interpolation.file(root)
        validate(found, version)
    except StackError as err:
        if not problems:
            raise
        places = {problem[:3] for problem in problems}
        problems += [problem for problem in err.problems if problem[:3] not in places]
    if problems:
        problems.sort(key=lambda problem: problem[1:3])
        raise StackError.of("forbidden", "compose file contains unsupported options", problems)
    return found


def _refuse_other_version(root: Located, version: str) -> None:
    own = version_of(root)
    if own != version:
        place = root.value["version"].place if "version" in root.value else root.place
        reason = f"version mismatched between two composefiles : {version} and {own}"
        raise StackError("load", reason, **place._asdict(), path="version")


def merge(base: Sections, other: Sections) -> Sections:
    """Two files as one: services merge option by option, other objects replace each other."""
    services = dict(base.services)
    for name, service in other.services.items():
        merged = SERVICE.merge(services.get(name), service)
        assert merged is not None
        services[name] = merged
    return Sections(
        dict(sorted(services.items())),
        base.networks | other.networks,
        base.volumes | other.volumes,
        base.secrets | other.secrets,
        base.configs | other.configs,
    )


def image_errors(services: Mapping[str, Located]) -> Iterator[StackError]:
    """Why the docker command refuses images, for each service whose image it does."""
    for name, service in services.items():
        try:
            check_image(text_of(service, "image"))
        except ValueError as err:
            place = service.value.get("image", service).place
            reason = f"invalid image reference for service {name}: {err}"
            path = f"services.{name}.image"
            yield StackError("image", reason, **place._asdict(), path=path)
