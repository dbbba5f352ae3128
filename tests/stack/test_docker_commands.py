"""What docker commands send for stack files: the oldest one's, and those after it.

No engine is needed: a server of our own takes what they send. Whatever differs is a difference
between releases of the command, and is listed here and in docs/fidelity.md.
"""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import pytest

from swarmwire import stack
from swarmwire.stack.schema.kinds import Items, Named, OneOf, Options, Since
from swarmwire.stack.schema.stack_file import STACK
from tests.conftest import require
from tests.stack.deploying import Case, Deploy, Difference, by_command, by_us, differences
from tests.stack.stack_files import COUNT, ENVIRONMENT, stack_files
from tests.stack.written_files import REFUSED
from tests.support.installations import INSTALLATIONS

Release = tuple[int, int]

FILES = stack_files()
REFUSED_BEFORE = (
    ((23, 0), re.compile(r"unsupported Compose file version: (3\.1\d|1\.0)\Z")),
    ((27, 0), re.compile(r"unsupported Compose file version: 3\.13\Z")),
    ((27, 0), re.compile(r"Additional property (oom_score_adj|driver_opts) is not allowed\Z")),
)
"""What commands refuse before a release, because they do not know that version of files."""


class Known(NamedTuple):
    """A difference of all commands before a release: where, and what is there."""

    before: Release
    place: str
    ours: object
    theirs: object


KNOWN = (
    Known((23, 0), r"services\..+\.NoNewPrivileges", False, None),
    Known((25, 0), r"networks\..+\.CheckDuplicate", None, False),
    Known((27, 0), r"networks\..+\.EnableIPv6", None, False),
    Known((29, 0), r"services\..*\.RestartPolicy\.MaxAttempts", None, 0),
)
"""The same said in other words: no manager stores anything else for it."""


def _service(options: str, more: str = "") -> str:
    return f'version: "3.8"\nservices:\n  a:\n    image: x\n    {options}\n{more}'


DIFFERENT = {
    "no version": ((25, 0), "services: {a: {image: x}}"),
    "version 3": ((25, 0), 'version: "3"\nservices: {a: {image: x, init: true}}'),
    "a newer version": ((23, 0), 'version: "3.10"\nservices: {a: {image: x}}'),
    "the newest version": ((27, 0), 'version: "3.13"\nservices: {a: {image: x}}'),
    "options of the newest version": ((27, 0), "services: {a: {image: x, oom_score_adj: 1}}"),
    "jobs": ((23, 0), _service("deploy: {mode: replicated-job}")),
    "cluster volumes": (
        (23, 0),
        _service("volumes: [{type: cluster, source: v, target: /v}]", "volumes: {v: {}}"),
    ),
    "a command in several files": ((25, 0), _service("command: [a]"), _service("command: [b]")),
    "a volume in several files": (
        (25, 0),
        _service("volumes: ['/a:/c']"),
        _service("volumes: ['/b:/c']"),
    ),
    "hosts with =": ((25, 0), _service("extra_hosts: ['a=1.2.3.4']")),
    "hosts in brackets": ((25, 0), _service("extra_hosts: ['a:[::1]']")),
    "words of YAML 1.1": ((27, 0), _service("labels: {on: x}")),
    "dates": ((27, 0), _service("labels: {a: 2024-01-01}")),
    "images": ((27, 0), _service("image: 'a b'").replace("image: x\n    ", "")),
    "a path in a volume": (
        (27, 0),
        _service("volumes: [{type: volume, source: v, target: /v, volume: {subpath: p}}]")
        + "volumes: {v: {}}",
    ),
    "servers that are none": ((29, 0), _service("dns: nowhere")),
    "subnets that are none": (
        (29, 0),
        _service("networks: [n]", "networks: {n: {ipam: {config: [{subnet: a}]}}}"),
    ),
    "ports not published": ((29, 0), _service("ports: [81, {target: 80}]")),
}
"""What one release of the command makes otherwise than the next: the first that does as we do."""


@pytest.fixture(scope="module", params=INSTALLATIONS, ids=lambda each: each.name)
def installed(request):
    require(request.param)
    return request.param


class Command:
    """A docker command, and what became of each file."""

    def __init__(self, installation, folder: Path) -> None:
        self._words = installation.command
        self._folder = folder
        said = subprocess.run(
            [*self._words, "--version"], capture_output=True, text=True, check=True
        ).stdout
        found = re.search(r"version ((\d+)\.(\d+)\.\d+)", said)
        assert found is not None
        self.release = (int(found[2]), int(found[3]))
        self._version = found[1]
        with ThreadPoolExecutor(2) as pool:
            versions = [self._version] * COUNT
            self.files = list(pool.map(self.deployed, range(COUNT), FILES, versions))

    def deployed(
        self, name: object, case: Case, release: str | None = None
    ) -> tuple[Deploy, Deploy]:
        """What we say of a file, and what the command does."""
        paths = case.write(self._folder / str(name))
        theirs = by_command(self._words, paths, case, self._folder / f"{name}.sock")
        return by_us(paths, case, release), theirs

    def unknown(self, ours: Deploy, theirs: Deploy) -> list[Difference]:
        """What differs, and is not known to."""
        return [each for each in differences(ours, theirs) if not self._is_known(each)]

    def _is_known(self, found: Difference) -> bool:
        if found.place == "refused":
            return not found.ours and any(
                self.release < before and words.search(found.theirs)
                for before, words in REFUSED_BEFORE
            )
        return self.is_shape(found)

    def is_shape(self, found: Difference) -> bool:
        """Whether the command only says the same in other words."""
        return any(
            self.release < known.before
            and re.fullmatch(known.place, found.place)
            and (known.ours, known.theirs) == (found.ours, found.theirs)
            for known in KNOWN
        )


@pytest.fixture(scope="module")
def command(installed):
    # The newest command sees no other folder of the machine.
    with tempfile.TemporaryDirectory(prefix="stacks-", dir="/tmp") as folder:
        yield Command(installed, Path(folder))


@pytest.mark.engine
@pytest.mark.parametrize("number", range(COUNT))
def test_the_command_sends_what_we_say(command, number):
    assert command.unknown(*command.files[number]) == []


@pytest.mark.engine
def test_files_are_deployed_and_refused(command):
    refused = [number for number, (ours, _) in enumerate(command.files) if ours.refused]
    texts = [FILES[number].texts[0] for number in refused]
    assert set(REFUSED) <= set(texts)
    assert len(refused) <= len(REFUSED) + 2
    sent = [theirs.sent for _, theirs in command.files if not theirs.refused]
    # The oldest command does not read all versions.
    assert len(sent) >= (COUNT // 3 if command.release < (23, 0) else COUNT // 2)
    assert {kind for each in sent for kind in each} == {
        "configs",
        "networks",
        "secrets",
        "services",
    }


@pytest.mark.engine
@pytest.mark.parametrize("what", DIFFERENT)
def test_what_older_commands_do_otherwise(command, what):
    first, *texts = DIFFERENT[what]
    ours, theirs = command.deployed(what, Case(tuple(texts)))
    # Shapes of bodies aside, which are another matter: see KNOWN.
    found = [each for each in differences(ours, theirs) if not command.is_shape(each)]
    assert (found != []) == (command.release < first)


def test_every_option_stands_in_some_file():
    found: set[str] = set()
    for case in FILES:
        if case.texts[0] in REFUSED:
            continue
        for text in case.texts:
            found |= set(_used(stack.File("", text)))
    assert set(_options(STACK, "")) - found == set()


def _used(file: stack.File) -> Iterator[str]:
    root = stack.load(
        [file], environment=ENVIRONMENT, read=lambda _: b"", directory="/", with_images=False
    ).roots[0]
    yield from _paths(STACK, root.value, "")


def _choices(schema) -> Iterator[Items | Named | Options]:
    """What a value may be in any version, scalars left out."""
    match schema:
        case Since(schema=inner, before=before):
            yield from _choices(inner)
            yield from _choices(before)
        case OneOf(choices=choices):
            for each in choices:
                yield from _choices(each)
        case Items() | Named() | Options():
            yield schema


def _options(schema, path: str) -> Iterator[str]:
    """The paths of all options, names as ``*``."""
    for choice in _choices(schema):
        match choice:
            case Items(item=item):
                yield from _options(item, path)
            case Named(entry=entry):
                yield from _options(entry, f"{path}.*")
            case Options(options=options):
                for name, inner in options.items():
                    yield f"{path}.{name}"
                    yield from _options(inner, f"{path}.{name}")


def _paths(schema, value, path: str) -> Iterator[str]:
    """The same of what stands in a file."""
    for choice in _choices(schema):
        if isinstance(choice, Items) and isinstance(value, list):
            for each in value:
                yield from _paths(choice.item, each.value, path)
        elif isinstance(choice, Named) and isinstance(value, dict):
            for each in value.values():
                yield from _paths(choice.entry, each.value, f"{path}.*")
        elif isinstance(choice, Options) and isinstance(value, dict):
            for name in choice.options.keys() & value.keys():
                yield f"{path}.{name}"
                yield from _paths(choice.options[name], value[name].value, f"{path}.{name}")
