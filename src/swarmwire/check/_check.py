"""All findings about a spec, from every party that has a say in it.

In turn: the reader of JSON, the API version, the engine's conversion, the manager's rules, what
fails later, and what the engine loses on the way. No party's error keeps the next from its turn.
"""

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from swarmwire import engine, rules
from swarmwire.check._advice import advice
from swarmwire.check._api_version import known_version, report_api_version
from swarmwire.check._conversion import converted
from swarmwire.check._draft import Draft, draft_of
from swarmwire.check._fields import Steps, parse_path, value_at
from swarmwire.check._finding import Finding, Severity
from swarmwire.check._losses import report_invalid_addresses, report_losses
from swarmwire.check._report import Report
from swarmwire.check._shown import is_secret
from swarmwire.check._subjects import STORED, SUBJECTS
from swarmwire.engine.versions import NEWEST
from swarmwire.errors import ConvertError, DecodeError, InvalidSpec

_SPEC: Final = "Spec"
_NUMBER: Final = re.compile(r"number \S+ into")


def check(
    spec: object, *, api_version: str = NEWEST, type_: type[msgspec.Struct] = engine.ServiceSpec
) -> list[Finding]:
    """Everything that a Docker engine or a manager would refuse, drop or change in ``spec``.

    ``spec`` is a ServiceSpec, SecretSpec, ConfigSpec, NodeSpec, SwarmSpec, NetworkCreateRequest
    or VolumeCreateRequest; or a Service, Config, Node or Swarm, whose ``Spec`` is checked; or the
    JSON of such an object, of which ``type_`` is the type. ``api_version`` is that of the request;
    ``""``, as of a request without one, is the newest.

    What depends on more than the spec is not told: whether names are taken, secrets exist, images
    can be pulled. Of a document with more than 200 errors of the engine, those are told.

    Returns:
        Errors first, then the others, in the order of the document. No findings: the spec is
        stored as it stands.

    Raises:
        ConvertError: ``api_version`` is none that an engine serves, or ``type_`` cannot be
            checked. The spec itself, however wrong, only makes findings.
    """
    version = known_version(api_version)
    if isinstance(spec, bytes | bytearray | memoryview | str):
        return _check_json(spec, version, type_)
    cls = _checkable(type(spec))
    if cls is None:
        report = Report(None)
        rule = f"expected a spec that can be checked, got {type(spec).__name__}"
        report.refuse((), rule, "engine-type", value=None)
        return report.in_order(engine.ServiceSpec)
    return _check_object(spec, cls, version, [])


def _checkable(cls: Any) -> type | None:
    """The type by which objects of ``cls`` are checked."""
    known = (*SUBJECTS, *STORED)
    return next((base for base in getattr(cls, "__mro__", ()) if base in known), None)


def _check_json(data: Any, version: str, type_: Any) -> list[Finding]:
    cls = _checkable(type_)
    if cls is None:
        raise ConvertError("unsupported", "type_ is not a type that can be checked")
    keys: list[engine.KeyFinding] = []
    try:
        spec: Any = engine.decode(data if isinstance(data, str) else bytes(data), cls, keys)
    except DecodeError as err:
        return [_unreadable(err)]
    return _check_object(spec, cls, version, [_key_finding(key) for key in keys])


def _unreadable(err: DecodeError) -> Finding:
    rule = _NUMBER.sub("number into", err.reason) if is_secret(parse_path(err.path)) else err.reason
    return Finding(
        severity="error", path=err.path, rule=rule, source="json", code=f"json-{err.kind}"
    )


def _key_finding(key: engine.KeyFinding) -> Finding:
    severity, code, rule, fix = _KEYS[key.kind]
    return Finding(
        severity=severity,
        path=key.path,
        rule=rule.format(key.meant),
        source="json",
        code=code,
        fix=fix.format(key.meant) if key.meant else "",
    )


_KEYS: Final[dict[str, tuple[Severity, str, str, str]]] = {
    "unknown": (
        "lost",
        "unknown-key",
        "the engine does not know this key and passes over it",
        "did you mean {}?",
    ),
    "case": ("hint", "key-case", "the engine takes this for {}", "write {}"),
    "duplicate": (
        "changed",
        "duplicate-key",
        "{} is repeated: the last value counts, objects and maps are merged",
        "write {} once",
    ),
}


def _check_object(spec: Any, cls: type, version: str, found: list[Finding]) -> list[Finding]:
    prefix: Steps = ()
    subject_type, checked = cls, spec
    if cls in STORED:
        prefix, checked = (_SPEC,), getattr(spec, "spec", None)
        inner = _checkable(type(checked))
        if inner not in SUBJECTS:
            report = Report(None)
            report.refuse(prefix, "expected a spec", "engine-type", value=None)
            return report.in_order(cls)
        subject_type = inner
    report = Report(checked, prefix)
    for finding in found:
        report.add_finished(finding)
    _check_spec(checked, subject_type, version, report)
    return report.in_order(cls)


def _check_spec(spec: Any, cls: type, version: str, report: Report) -> None:
    subject = SUBJECTS[cls]
    draft = draft_of(spec, cls)
    for misfit in draft.misfits:
        report.refuse(misfit.steps, misfit.reason, f"engine-{misfit.kind}", value=None)
    if cls is engine.ServiceSpec:
        report_api_version(draft, version, report)
    message, errors = converted(subject, draft)
    for steps, error, value in errors:
        fix = advice(error, spec, steps, value)
        report.refuse(steps, error.reason, f"engine-{error.kind}", fix=fix)
    if message is None:
        return
    if cls is engine.VolumeCreateRequest and draft.value.cluster_volume_spec is None:
        _report_local_volume(report)
        return
    _report_problems(subject.problems(message), spec, draft, report)
    if cls is engine.ServiceSpec:
        _report_hazards(rules.service_spec_hazards(message), draft, report)
        report_invalid_addresses(draft, report)
    report_losses(subject, draft, message, report)


def _report_problems(
    problems: Iterable[InvalidSpec], spec: Any, draft: Draft, report: Report
) -> None:
    """Report what a manager refuses of what the engine does not."""
    for problem in problems:
        steps = draft.origin(parse_path(problem.path))
        if not report.is_refused(steps):
            fix = advice(problem, spec, steps, value_at(spec, steps))
            code = f"manager-{problem.code}"
            report.add("error", steps, problem.reason, source="manager", code=code, fix=fix)


def _report_hazards(hazards: Iterable[rules.Hazard], draft: Draft, report: Report) -> None:
    """Report what fails later, over and over."""
    for hazard in hazards:
        steps = draft.origin(parse_path(hazard.path))
        if not report.is_refused(steps) and not report.is_beside_refused(steps):
            code = f"{hazard.who}-hazard"
            report.add("error", steps, hazard.reason, source=hazard.who, code=code)


def _report_local_volume(report: Report) -> None:
    report.add(
        "hint",
        ("ClusterVolumeSpec",),
        "a volume without a ClusterVolumeSpec belongs to one node: no manager sees it",
        source="engine",
        code="local-volume",
    )
