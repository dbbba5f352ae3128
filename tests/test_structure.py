"""The house's rules that no other tool checks."""

import ast
import importlib
import inspect
from pathlib import Path

import msgspec
import pytest

import swarmwire
from swarmwire import convert, engine
from tests.support.fill import structs

SOURCE = Path(swarmwire.__file__).parent
MODULES = sorted(
    path for path in SOURCE.rglob("*.py") if "_pb" not in path.relative_to(SOURCE).parts
)
LONGEST = 400
# Lists of names are as long as they are.
LISTS = {"pb.py"}


def name_of(path):
    parts = path.relative_to(SOURCE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def tree_of(path):
    return ast.parse(path.read_text(encoding="utf-8"))


by_module = pytest.mark.parametrize("path", MODULES, ids=name_of)


@by_module
def test_module_tells_what_it_is_for(path):
    assert ast.get_docstring(tree_of(path)) or path.name == "__init__.py"


@by_module
def test_module_is_short(path):
    if str(path.relative_to(SOURCE)) not in LISTS:
        assert len(path.read_text(encoding="utf-8").splitlines()) < LONGEST


@by_module
def test_generated_code_is_imported_by_its_door_alone(path):
    if path.name == "pb.py":
        return
    for node in ast.walk(tree_of(path)):
        names = []
        if isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        assert not any("_pb" in name.split(".") or "_pb2" in name for name in names if name)


# What few inputs need, and takes long to import.
LATE = {
    "swarmwire.check._advice",
    "swarmwire.rules.template.expansion",
    "swarmwire.testing.pytest_plugin",
}


SLOW = {"difflib", "hashlib", "ipaddress"}
"""Modules of the standard library that take long to import, and that few inputs need."""


@by_module
def test_imports_are_at_the_top(path):
    if path.is_relative_to(SOURCE / "cli"):
        return  # a command imports what it needs when it runs, so that --help is quick
    if name_of(path) in LATE:
        return
    for function in ast.walk(tree_of(path)):
        if isinstance(function, ast.FunctionDef):
            for node in ast.walk(function):
                assert {module.partition(".")[0] for module in imported(node)} <= SLOW


def imported(node):
    """The modules that a statement imports."""
    if isinstance(node, ast.ImportFrom):
        return [node.module]
    return [alias.name for alias in node.names] if isinstance(node, ast.Import) else []


# Names


def package_of(module):
    """The folder below swarmwire that a module is in, or the module itself; in cli, one deeper."""
    steps = module.split(".")[1:]
    return tuple(steps[: 2 if steps[:1] == ["cli"] else 1])


def is_private(name):
    return name.startswith("_") and not name.endswith("__")


@by_module
def test_nothing_private_of_another_package_is_imported(path):
    own = package_of(name_of(path))
    for node in ast.walk(tree_of(path)):
        if not isinstance(node, ast.ImportFrom) or not node.module.startswith("swarmwire."):
            continue
        for alias in node.names:
            steps = f"{node.module}.{alias.name}".split(".")
            if package_of(node.module) != own:
                private = [step for step in steps[2:] if is_private(step)]
                assert private == [], f"{'.'.join(steps)} in line {node.lineno}"


GRAMMARS = {
    "swarmwire.rules.template": "Go's text/template: the names of its own parser",
    "swarmwire.stack": "stack files: the names of YAML, of their schema and of their options",
}
"""Packages that speak of a language in that language's own words, which others have, too."""


def test_each_class_has_a_name_of_its_own():
    places = {}
    for path in MODULES:
        module = name_of(path)
        language = next((name for name in GRAMMARS if module.startswith(name)), "")
        for node in ast.walk(tree_of(path)):
            if isinstance(node, ast.ClassDef) and not is_private(node.name):
                places.setdefault((language, node.name), []).append(module)
    assert [where for where in places.values() if len(where) > 1] == []


# What the package exports


PACKAGES = [
    path
    for path in MODULES
    if any(
        isinstance(node, ast.Assign)
        and any(isinstance(target, ast.Name) and target.id == "__all__" for target in node.targets)
        for node in tree_of(path).body
    )
]


@pytest.mark.parametrize("path", PACKAGES, ids=name_of)
def test_exports_are_sorted_and_there(path):
    module = importlib.import_module(name_of(path))
    names = module.__all__
    assert len(names) == len(set(names))
    assert all(hasattr(module, name) for name in names)
    if path.name == "pb.py":
        assert names == sorted(names)
    else:
        # Constants, then classes, then functions, as ruff sorts them.
        kinds = [_kind(name) for name in names]
        assert kinds == sorted(kinds)
        for kind in set(kinds):
            group = [name for name in names if _kind(name) == kind]
            assert group == sorted(group)


def _kind(name):
    if name.isupper() and len(name) > 1:
        return 0
    return 1 if name[:1].isupper() else 2


@pytest.mark.parametrize("name", ["swarmwire.engine", "swarmwire.convert"])
def test_exports_are_complete(name):
    package = importlib.import_module(name)
    folder = SOURCE / name.rpartition(".")[2]
    if name == "swarmwire.engine":
        every = {
            value.__name__
            for path in folder.glob("*.py")
            for value in vars(importlib.import_module(name_of(path))).values()
            if isinstance(value, type)
            and issubclass(value, msgspec.Struct)
            and value.__module__.startswith(name)
            and not value.__name__.startswith("_")
        }
        assert every - {"RedactedObject"} <= set(package.__all__)
    else:
        # An entry point is a function that has been wrapped.
        every = {
            attribute
            for path in folder.glob("[!_]*.py")
            for attribute, value in vars(importlib.import_module(name_of(path))).items()
            if inspect.isfunction(value) and hasattr(value, "__wrapped__")
        }
        assert every == set(package.__all__)


def test_init_modules_hold_no_logic():
    for path in MODULES:
        if path.name == "__init__.py":
            for node in tree_of(path).body:
                if isinstance(node, ast.FunctionDef) and node.name in ("__getattr__", "__dir__"):
                    continue  # what an import that waits for its first use needs
                if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
                    continue  # likewise
                assert isinstance(
                    node, ast.Expr | ast.Import | ast.ImportFrom | ast.Assign | ast.AnnAssign
                ), f"{name_of(path)} line {node.lineno}"


# Docstrings


def conversions():
    for path in sorted((SOURCE / "convert").glob("[!_]*.py")):
        for node in tree_of(path).body:
            if isinstance(node, ast.FunctionDef) and node.name.endswith(("_from_grpc", "_to_grpc")):
                yield pytest.param(node, id=f"{path.stem}.{node.name}")


@pytest.mark.parametrize("function", list(conversions()))
def test_conversion_names_its_source(function):
    if function.name.startswith("_"):
        return  # a part of another one, which names it
    docstring = ast.get_docstring(function)
    assert docstring
    if not function.name.startswith("stored_"):
        assert "Source: " in docstring


@by_module
def test_public_function_has_a_docstring(path):
    for node in tree_of(path).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            assert ast.get_docstring(node), node.name


@pytest.mark.parametrize("name", convert.__all__)
def test_public_conversion_tells_its_errors_in_their_own_class(name):
    docstring = getattr(convert, name).__doc__
    assert "Source: " in docstring


# Paths of errors


JSON_NAMES = {
    field.encode_name for struct in structs().values() for field in msgspec.structs.fields(struct)
}
# Fields of SwarmKit's that the Engine API has no name for.
OTHER_STEPS = {"Driver"}


def steps():  # noqa: C901 - a table of calls
    """Every name that a conversion puts into a path."""
    for path in sorted((SOURCE / "convert").glob("*.py")):
        for node in ast.walk(tree_of(path)):
            if not isinstance(node, ast.Call):
                continue
            function = node.func
            name = function.attr if isinstance(function, ast.Attribute) else function
            name = name.id if isinstance(name, ast.Name) else name
            arguments = node.args
            if name in ("fill_one", "fill_each", "read_each", "read_time"):
                arguments = arguments[:1]
            elif name == "ConvertError":
                arguments = arguments[2:]
            elif name in ("UnsupportedRuntime", "MismatchedRuntime"):
                arguments = arguments[1:]
            elif name == "EnumTable":
                arguments = arguments[:1]
            elif name != "under":
                continue
            for argument in arguments:
                if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
                    yield pytest.param(argument.value, id=f"{path.stem}-{argument.value}")


@pytest.mark.parametrize("step", list(steps()))
def test_step_of_a_path_is_a_json_name(step):
    assert step in JSON_NAMES | OTHER_STEPS


# Structs


@pytest.mark.parametrize("name", sorted(structs()))
def test_struct_is_explained_and_can_be_made_of_nothing(name):
    struct = structs()[name]
    assert struct.__doc__
    assert struct() == struct()
    assert isinstance(struct(), engine.EngineObject)
