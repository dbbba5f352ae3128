"""All findings about a spec, from every party that has a say in it.

In turn: the reader of JSON, what the release knows, the API version, the engine's conversion, the
manager's rules, what fails later, and what the engine loses on the way. No party's error keeps the
next from its turn.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from swarmwire import engine, pb, rules
from swarmwire.check._advice import advice
from swarmwire.check._api_version import known_version, report_api_version
from swarmwire.check._draft import Draft, converted, draft_of
from swarmwire.check._finding import Finding, Report, Severity, is_secret
from swarmwire.check._losses import report_invalid_addresses, report_losses
from swarmwire.check._network import report_network_request
from swarmwire.check._objects import parse_path, value_at
from swarmwire.check._release import report_unknown_fields, unknown_to_release
from swarmwire.check._subjects import STORED, SUBJECTS, subject_of
from swarmwire.errors import ConvertError, DecodeError, InvalidSpec
from swarmwire.expected import mismatch
from swarmwire.releases import AnyRelease, Release, as_release
from swarmwire.releases.quirks import does
from swarmwire.spec import Steps

_SPEC: Final = "Spec"
_CALLED: Final = "a spec that can be checked"
_NUMBER: Final = r"number \S+ into"


def check(
    spec: object,
    *,
    api_version: str = "",
    type_: type[msgspec.Struct] = engine.ServiceSpec,
    release: AnyRelease = None,
) -> list[Finding]:
    """Everything that a Docker engine or a manager would refuse, drop or change in ``spec``.

    ``spec`` is a ServiceSpec, SecretSpec, ConfigSpec, NodeSpec, SwarmSpec, NetworkCreateRequest
    or VolumeCreateRequest; or a Service, Config, Node or Swarm, whose ``Spec`` is checked; or the
    JSON of such an object, of which ``type_`` is the type. ``release`` is that of the engines,
    managers and workers: the newest unless it is given. ``api_version`` is that of the request;
    ``""``, as of a request without one, is the newest that the release serves.

    What depends on more than the spec is not told: whether names are taken, secrets exist, images
    can be pulled. Of a document with more than 200 errors of the engine, those are told.

    Returns:
        Errors first, then the others, in the order of the document. No findings: the spec is
        stored as it stands.

    Raises:
        ConvertError: ``api_version`` is none that an engine serves, ``type_`` cannot be checked,
            or ``spec`` is a dict or a message. The spec itself, however wrong, only makes
            findings.
        UnknownRelease: there is no such release.
    """
    engine_release = as_release(release)
    terms = _Terms(engine_release, known_version(api_version, engine_release))
    if isinstance(spec, bytes | bytearray | memoryview | str):
        return _check_json(spec, terms, type_)
    cls = _checkable(type(spec))
    if isinstance(spec, Mapping | pb.Message):
        raise ConvertError("type", mismatch(spec, (type_, *SUBJECTS, *STORED), _CALLED))
    if cls is None:
        report = Report(None)
        rule = mismatch(spec, (*SUBJECTS, *STORED), _CALLED)
        report.refuse((), rule, "engine-type", value=None)
        return report.in_order(engine.ServiceSpec)
    return _check_object(spec, cls, terms, None)


class _Terms(NamedTuple):
    """Whose word counts: which release, and which API version the request names."""

    release: Release
    version: str


def _checkable(cls: Any) -> type | None:
    """The type by which objects of ``cls`` are checked."""
    known = (*SUBJECTS, *STORED)
    return next((base for base in getattr(cls, "__mro__", ()) if base in known), None)


def _check_json(data: Any, terms: _Terms, type_: Any) -> list[Finding]:
    cls = _checkable(type_)
    if cls is None:
        raise ConvertError("unsupported", "type_ is not a type that can be checked")
    keys: list[engine.KeyFinding] = []
    raw = data if isinstance(data, str) else bytes(data)
    try:
        spec: Any = engine.decode(raw, cls, keys, release=terms.release)
    except DecodeError as err:
        return [_unreadable(err)]
    return _check_object(spec, cls, terms, [_key_finding(key, cls, terms.release) for key in keys])


def _unreadable(err: DecodeError) -> Finding:
    rule = (
        re.sub(_NUMBER, "number into", err.reason)
        if is_secret(parse_path(err.path))
        else err.reason
    )
    return Finding(
        severity="error", path=err.path, rule=rule, source="json", code=f"json-{err.kind}"
    )


def _key_finding(key: engine.KeyFinding, cls: type, release: Release) -> Finding:
    if key.kind == "unknown" and not release.is_newest:
        too_new = unknown_to_release(key.path, cls, release)
        if too_new is not None:
            return too_new
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


def _check_object(spec: Any, cls: type, terms: _Terms, read: list[Finding] | None) -> list[Finding]:
    """Check an object; ``read`` is what its JSON showed, if it was read from JSON."""
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
    for finding in read or ():
        report.add_finished(finding)
    # what was read from JSON is of the right types already
    free = does(terms.release, "free-text-addresses")
    if read is None:
        draft = draft_of(checked, subject_type, free_addresses=free)
    else:
        draft = Draft(checked, free_addresses=free)
    _check_spec(checked, draft, subject_type, terms, report)
    return report.in_order(cls)


def _check_spec(spec: Any, draft: Draft, cls: type, terms: _Terms, report: Report) -> None:
    subject = subject_of(cls, terms.release)
    for misfit in draft.misfits:
        report.refuse(misfit.steps, misfit.reason, f"engine-{misfit.kind}", value=None)
    if not terms.release.is_newest:
        report_unknown_fields(draft, terms.release, report)
    if cls is engine.ServiceSpec:
        report_api_version(draft, terms.version, terms.release, report)
    elif cls is engine.NetworkCreateRequest:
        report_network_request(draft, terms.version, terms.release, report)
    message, errors = converted(subject, draft)
    for refused in errors:
        error = refused.error
        fix = advice(error, spec, refused.steps, refused.value)
        report.refuse(refused.steps, error.reason, f"engine-{error.kind}", fix=fix)
    if message is None:
        return
    if cls is engine.VolumeCreateRequest and draft.value.cluster_volume_spec is None:
        _report_local_volume(report)
        return
    if cls is engine.ServiceSpec and message.task.WhichOneof("runtime") is None:
        _report_nothing_created(terms.release, report)
        return
    _report_problems(subject.problems(message), spec, draft, report)
    _report_hazards(subject.hazards(message), draft, report)
    if cls is engine.ServiceSpec and not does(terms.release, "free-text-addresses"):
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


_HAZARD_WORDS: Final = {"error": "hazard", "lost": "loss", "hint": "hint"}


def _report_hazards(hazards: Iterable[rules.Hazard], draft: Draft, report: Report) -> None:
    """Report what fails later, over and over, and what is lost or odd only there."""
    for hazard in hazards:
        steps = draft.origin(hazard.steps)
        if not report.is_refused(steps) and not report.is_beside_refused(steps):
            code = f"{hazard.who}-{_HAZARD_WORDS[hazard.severity]}"
            report.add(
                hazard.severity,
                steps,
                hazard.reason,
                source=hazard.who,
                code=code,
                fix=hazard.fix,
            )


def _report_nothing_created(release: Release, report: Report) -> None:
    report.add(
        "lost",
        ("TaskTemplate",),
        f"engine {release} answers that it has created the service, and asks no manager to",
        source="engine",
        code="nothing-created",
        fix="add a ContainerSpec",
    )


def _report_local_volume(report: Report) -> None:
    report.add(
        "hint",
        ("ClusterVolumeSpec",),
        "a volume without a ClusterVolumeSpec belongs to one node: no manager sees it",
        source="engine",
        code="local-volume",
    )
