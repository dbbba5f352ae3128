"""`import swarmwire` gives all that there is, by name, and says what must be installed for it."""

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import swarmwire
from swarmwire.extras import EXTRAS

ROOT = Path(__file__).parents[1]
SOURCE = Path(swarmwire.__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]

# The command, and what only our own modules use.
INNER = {"cli", "expected", "extras", "spec"}
WITHOUT = "import sys; sys.modules[{!r}] = None; import swarmwire; "


def run(*arguments):
    done = subprocess.run(
        [sys.executable, *arguments], capture_output=True, text=True, check=False, timeout=120
    )
    return done.returncode, done.stdout, done.stderr


def test_every_package_is_an_attribute():
    there = {
        path.stem
        for path in SOURCE.iterdir()
        if not path.stem.startswith("_") and (path.suffix == ".py" or path.is_dir())
    }
    assert set(swarmwire.__all__) == there - INNER | {"__version__"}
    assert set(swarmwire.__all__) <= set(dir(swarmwire))
    for name in swarmwire.__all__:
        assert f"``{name}``" in swarmwire.__doc__ or name == "__version__"


@pytest.mark.parametrize("name", [name for name in swarmwire.__all__ if name != "__version__"])
def test_a_package_is_loaded_on_its_first_use(name):
    code = (
        "import sys, swarmwire; "
        "assert not [name for name in sys.modules"
        " if name.startswith('swarmwire.') and name != 'swarmwire.extras']; "
        f"print(swarmwire.{name}.__name__)"
    )
    assert run("-c", code) == (0, f"swarmwire.{name}\n", "")


def test_what_is_not_there():
    with pytest.raises(AttributeError, match="has no attribute 'cow'"):
        _ = swarmwire.cow


@pytest.mark.parametrize(
    ("library", "package", "words"),
    [
        ("grpc", "control", "needs grpcio: pip install 'swarmwire[control]'"),
        ("cryptography", "raftstore", "needs cryptography: pip install 'swarmwire[recovery]'"),
        ("google_crc32c", "raftstore", "needs google-crc32c: pip install 'swarmwire[recovery]'"),
        ("nacl", "bundle", "needs pynacl: pip install 'swarmwire[recovery]'"),
        ("yaml", "stack", "needs pyyaml: pip install 'swarmwire[stack]'"),
        ("yaml", "deployment", "needs pyyaml: pip install 'swarmwire[stack]'"),
        ("yaml", "export", "needs pyyaml: pip install 'swarmwire[stack]'"),
        ("cryptography", "storediff", "needs cryptography: pip install 'swarmwire[recovery]'"),
    ],
)
@pytest.mark.parametrize("use", ["swarmwire.{}", "from swarmwire import {}"])
def test_a_missing_library_is_told_with_what_brings_it(library, package, words, use):
    code, _, said = run("-c", WITHOUT.format(library) + use.format(package))
    assert code == 1
    assert said.splitlines()[-1] == f"ModuleNotFoundError: swarmwire.{package} {words}"


def test_pytest_runs_where_swarmwire_is_installed_without_any_extra():
    hidden = sorted(set(EXTRAS) - {"pytest"})
    code, _, said = run(
        "-c",
        f"import sys; sys.modules.update(dict.fromkeys({hidden})); "
        "import swarmwire.testing.pytest_plugin; swarmwire.testing.BlockingSwarm",
    )
    assert code == 1
    assert said.splitlines()[-1] == (
        "ModuleNotFoundError: swarmwire.testing.BlockingSwarm needs grpcio:"
        " pip install 'swarmwire[control]'"
    )


def test_another_missing_module_is_told_as_it_is():
    code, _, said = run("-c", WITHOUT.format("msgspec") + "swarmwire.engine")
    assert code == 1
    assert said.splitlines()[-1].startswith("ModuleNotFoundError: import of msgspec halted")


def test_the_table_of_extras_is_the_projects():
    listed = {
        (extra, requirement.partition(">")[0])
        for extra, requirements in PROJECT["optional-dependencies"].items()
        if extra not in ("all", "dev", "mutants")
        for requirement in requirements
        if not requirement.startswith("swarmwire[")
    }
    assert listed == set(EXTRAS.values())


def test_version():
    assert swarmwire.__version__ == PROJECT["version"]
    assert run("-m", "swarmwire", "--version") == (0, f"swarmwire {swarmwire.__version__}\n", "")


def test_the_package_is_the_command():
    assert run("-m", "swarmwire", "ls", "--help") == run("-m", "swarmwire.cli", "ls", "--help")
    code, _, said = run("-m", "swarmwire", "to-grpc", "/nowhere")
    assert code == 2
    assert "no such file" in said
