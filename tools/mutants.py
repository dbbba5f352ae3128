"""Change the code in small ways, one at a time, and see which changes no test notices.

cosmic-ray makes the mutants and tests them, in a copy of the tree. This draws a sample, lets only
the tests of a mutant's own package judge it, and sums up. Results stay in build/mutants: another
run goes on where the last one stopped, until the code of the package changes.
"""

import argparse
import hashlib
import os
import random
import resource
import shutil
import subprocess
import sys
import time
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from cosmic_ray.work_db import use_db
from cosmic_ray.work_item import TestOutcome, WorkItem, WorkResult

ROOT = Path(__file__).parents[1]
BUILD = ROOT / "build/mutants"
TREE = BUILD / "tree"
EXPLAINED = ROOT / "tests/survivors.toml"
PACKAGES = ("convert", "rules", "spec", "plan", "check")
SAMPLE, SEED = 250, 8
# A mutant whose loop never ends may fill the memory before its time is up.
MEMORY = 3 * 1024**3

_COPIED = ("src", "tests", "docs")
_CONFIG = """
[cosmic-ray]
module-path = "src/swarmwire/{package}"
timeout = {timeout}
excluded-modules = []
test-command = "{command}"

[cosmic-ray.distributor]
name = "local"

[cosmic-ray.filters.operators-filter]
exclude-operators = [{excluded}]
"""
# Mutants that any run kills, as `int | None` with another operator in an annotation. They would
# only make the figure look good.
_EXCLUDED = (
    "core/ReplaceBinaryOperator_BitOr_.*",
    "core/ReplaceBinaryOperator_.*_(Pow|LShift|RShift|BitOr|BitAnd|BitXor|Mod|FloorDiv|Div)",
    "core/ReplaceComparisonOperator_Is(Not)?_(Lt|LtE|Gt|GtE)",
)


class Session:
    """The mutants of one package, and what came out for those that were tested."""

    def __init__(self, package: str) -> None:
        self.package = package
        self.every = BUILD / f"{package}-all.sqlite"
        self.drawn = BUILD / f"{package}.sqlite"
        self.config = BUILD / f"{package}.toml"
        self.command = (
            f"{sys.executable} -m pytest -x -q --tb=line -p no:cacheprovider tests/{package}"
        )

    def prepare(self) -> None:
        """Make all mutants, unless an earlier run made them of the same code."""
        mark = BUILD / f"{self.package}.sha256"
        if mark.exists() and mark.read_text(encoding="ascii") == self._fingerprint():
            return
        for database in (self.every, self.drawn):
            database.unlink(missing_ok=True)
        self._configure(timeout=0)
        _run("cosmic-ray", "init", str(self.config), str(self.every))
        _run("cr-filter-operators", str(self.every), str(self.config))
        mark.write_text(self._fingerprint(), encoding="ascii")

    def mutants(self) -> list[WorkItem]:
        """All of them, in the order of the code."""
        with use_db(self.every) as database:
            skipped = {job for job, _ in database.results}
            items = [item for item in database.work_items if item.job_id not in skipped]
        return sorted(items, key=_place)

    def test(self, mutants: Iterable[WorkItem], *, again: bool) -> None:
        """Test those of ``mutants`` that were not tested; those that survived only ``again``."""
        known = self.results()
        wanted = [
            item
            for item in mutants
            if item.job_id not in known or (again and survived(known[item.job_id]))
        ]
        if not wanted:
            return
        self._configure(timeout=self._time_of_tests() * 4 + 30)
        pending = BUILD / f"{self.package}-pending.sqlite"
        pending.unlink(missing_ok=True)
        with use_db(self.drawn) as database, use_db(pending) as left:
            there = {item.job_id for item in database.work_items}
            left.add_work_items(wanted)
            database.add_work_items(item for item in wanted if item.job_id not in there)
        try:
            _run("cosmic-ray", "exec", str(self.config), str(pending))
        finally:
            with use_db(self.drawn) as database, use_db(pending) as left:
                for job, result in left.results:
                    database.set_result(job, result)

    def results(self) -> dict[str, WorkResult]:
        """What came out so far, by the mutant's id."""
        with use_db(self.drawn) as database:
            return dict(database.results)

    def _time_of_tests(self) -> int:
        """Seconds that the tests take on the code as it is. They leave compiled files behind."""
        began = time.monotonic()
        subprocess.run(
            self.command.split(), cwd=TREE, env=_ENVIRONMENT, check=True, stdout=sys.stderr
        )
        return int(time.monotonic() - began)

    def _configure(self, timeout: int) -> None:
        text = _CONFIG.format(
            package=self.package,
            timeout=timeout,
            command=self.command,
            excluded=", ".join(f"'{each}'" for each in _EXCLUDED),
        )
        self.config.write_text(text, encoding="utf-8")

    def _fingerprint(self) -> str:
        files = sorted((ROOT / "src/swarmwire" / self.package).rglob("*.py"))
        return hashlib.sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def copy_tree() -> None:
    """Bring the copy up to date. What a run that was killed left changed in it is gone."""
    shutil.rmtree(TREE / "tests", ignore_errors=True)
    for name in _COPIED:
        shutil.copytree(
            ROOT / name,
            TREE / name,
            dirs_exist_ok=True,
            ignore=shutil.ignore_patterns("__pycache__", ".hypothesis"),
        )
    shutil.copy2(ROOT / "pyproject.toml", TREE)


def sample(
    mutants: Mapping[str, list[WorkItem]], size: int, seed: int
) -> dict[str, list[WorkItem]]:
    """``size`` of all mutants, each as likely as any other. A larger sample holds the smaller."""
    every = [(package, item) for package, items in mutants.items() for item in items]
    random.Random(seed).shuffle(every)
    return {each: [item for package, item in every[:size] if package == each] for each in mutants}


def survived(result: WorkResult) -> bool:
    """Whether all tests passed."""
    return bool(result.test_outcome == TestOutcome.SURVIVED)


def table(results: Mapping[str, list[WorkResult]]) -> Iterator[str]:
    """A line for each package, and one for all."""
    yield f"{'package':10}{'mutants':>9}{'killed':>9}{'survived':>10}{'timed out':>11}"
    for package, found in (*results.items(), ("all", [one for x in results.values() for one in x])):
        counts = Counter(
            "survived" if survived(each) else "late" if each.output == "timeout" else "killed"
            for each in found
        )
        yield (
            f"{package:10}{len(found):9}{counts['killed']:9}{counts['survived']:10}"
            f"{counts['late']:11}"
        )


def is_explained(diff: str, reasons: Iterable[Mapping[str, str]]) -> bool:
    """Whether tests/survivors.toml has a reason for the lines that ``diff`` changes."""
    changed = [line[1:].strip() for line in diff.splitlines() if line[:1] in "+-"]
    return any(
        f"/{reason['file']}" in diff and reason["was"] in changed and reason["is"] in changed
        for reason in reasons
    )


def _place(item: WorkItem) -> tuple[str, tuple[int, ...], str, int]:
    mutation = item.mutations[0]
    place = tuple(mutation.start_pos)
    return str(mutation.module_path), place, mutation.operator_name, mutation.occurrence


_ENVIRONMENT = {**os.environ, "PYTHONPATH": str(TREE / "src")}


def _run(program: str, *arguments: str) -> None:
    subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=TREE,
        env=_ENVIRONMENT,
        check=True,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY)),
    )


def main() -> int:
    """Test a sample, print the table, write down the survivors that nothing explains."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--sample", type=int, default=SAMPLE, help="how many mutants")
    parser.add_argument("--seed", type=int, default=SEED, help="which ones")
    parser.add_argument("--all", action="store_true", help="every mutant: takes many hours")
    parser.add_argument("--again", action="store_true", help="test known survivors once more")
    options = parser.parse_args()

    copy_tree()
    sessions = {package: Session(package) for package in PACKAGES}
    for session in sessions.values():
        session.prepare()
    mutants = {package: session.mutants() for package, session in sessions.items()}
    count = sum(map(len, mutants.values()))
    chosen = sample(mutants, count if options.all else options.sample, options.seed)
    found = {}
    for package, session in sessions.items():
        session.test(chosen[package], again=options.again)
        known = session.results()
        found[package] = [known[item.job_id] for item in chosen[package]]

    reasons = tomllib.loads(EXPLAINED.read_text(encoding="utf-8"))["survivor"]
    alive = [each.diff or "" for results in found.values() for each in results if survived(each)]
    unexplained = [diff for diff in alive if not is_explained(diff, reasons)]
    listing = BUILD / "survivors.diff"
    listing.write_text("\n\n".join(unexplained), encoding="utf-8")
    print(f"{sum(map(len, found.values()))} of {count} mutants, seed {options.seed}")
    print("\n".join(table(found)))
    print(f"{len(unexplained)} survivors without a reason: {listing.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
