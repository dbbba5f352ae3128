"""What the engine drops or changes silently, found by going there and back."""

from functools import cached_property
from typing import Any, Final

from msgspec.structs import replace

from swarmwire import engine
from swarmwire.check._advice import did_you_mean, words_at
from swarmwire.check._draft import Draft, converted
from swarmwire.check._finding import Report, shown
from swarmwire.check._objects import (
    ValueChange,
    differences,
    fields_of,
    is_struct,
    pattern_of,
    value_at,
)
from swarmwire.check._subjects import Subject
from swarmwire.engine.address import go_quoted
from swarmwire.spec import Steps

_APPLY: Final = "use `swarmwire apply`, which writes to the manager and keeps it"
_LOSSLESS: Final = "use `swarmwire to-grpc --lossless`, which keeps it: SwarmKit can hold it"


class _RoundTrip:
    """A draft, its message, and what is shown of it."""

    def __init__(self, subject: Subject, draft: Draft, message: Any) -> None:
        self._subject = subject
        self._draft = draft
        self._message = message
        self._stored: dict[str, bool] = {}

    @property
    def is_of_service(self) -> bool:
        """Whether it is a service that makes the trip: those can be applied."""
        return isinstance(self._draft.value, engine.ServiceSpec)

    def differences(self) -> list[ValueChange]:
        """What differs when it comes back; of objects that a lossless trip keeps, the fields."""
        found: list[ValueChange] = []
        for one in differences(self._draft.value, self._subject.read(self._message, False)):
            if one.kind == "vanished" and is_struct(one.before) and isinstance(one.steps[-1], str):
                found += self._vanished_fields(one)
            else:
                found.append(one)
        return found

    def _vanished_fields(self, one: ValueChange) -> list[ValueChange]:
        cls = type(one.before)
        if not fields_of(cls):
            # where an object has no fields, its presence says it all: but no one reads this one
            return [] if cls is engine.ClusterOptions else [one]
        fields = list(differences(one.before, cls(), one.steps))
        return fields if not fields or self.is_kept_lossless(one.steps) else [one]

    def is_kept_lossless(self, steps: Steps, value: Any = None) -> bool:
        """Whether a lossless trip brings something, or just ``value``, back to ``steps``."""
        kept = value_at(self._lossless, steps)
        return kept is not None and (value is None or kept == value)

    @cached_property
    def _lossless(self) -> Any:
        draft = self._draft.duplicate()
        message, _ = converted(self._subject, draft, lossless=True)
        return None if message is None else self._subject.read(message, True)

    def is_stored(self, steps: Steps) -> bool:
        """Whether the value is in the message after all, and only not shown.

        What holds for one element of a list is taken to hold for the others.
        """
        pattern = pattern_of(steps)
        if pattern not in self._stored:
            self._stored[pattern] = self._makes_a_difference(steps)
        return self._stored[pattern]

    def _makes_a_difference(self, steps: Steps) -> bool:
        without = self._draft.duplicate()
        without.clear(steps)
        message, _ = converted(self._subject, without)
        return bool(message != self._message)


def report_losses(subject: Subject, draft: Draft, message: Any, report: Report) -> None:
    """Report each value that is not shown as it was given."""
    trip = _RoundTrip(subject, draft, message)
    for one in trip.differences():
        at = draft.origin(one.steps)
        if report.is_refused(at):
            continue
        if one.kind == "filled":
            _report_filled(one, draft.value, at, report)
        elif one.kind == "changed":
            _report_changed(one, draft.value, at, report)
        elif not trip.is_stored(one.steps):
            _report_lost(one, at, trip, report)
        elif isinstance(one.before, int):
            _report_changed(replace(one, after=0), draft.value, at, report)


def _report_lost(one: ValueChange, at: Steps, trip: _RoundTrip, report: Report) -> None:
    fix = ""
    if trip.is_kept_lossless(one.steps, one.before):
        fix = _APPLY if trip.is_of_service else _LOSSLESS
    report.add(
        "lost",
        at,
        "the engine accepts this and does not store it",
        source="engine",
        code="lost-field",
        value=one.before,
        fix=fix,
    )


def _report_changed(one: ValueChange, spec: Any, at: Steps, report: Report) -> None:
    before, after = one.before, one.after
    stored = shown(after, at)
    if isinstance(before, str) and str(after).lower() == before.lower():
        rule = f"the engine stores {stored}"
        report.add("hint", at, rule, source="engine", code="folded-case", value=before)
    else:
        words = words_at(spec, one.steps)
        known = f"none of {', '.join(map(go_quoted, words))}: " if words else ""
        report.add(
            "changed",
            at,
            f"{known}the engine silently stores {stored} instead",
            source="engine",
            code="changed-value",
            value=before,
            fix=did_you_mean(before, words),
        )


def _report_filled(one: ValueChange, spec: Any, at: Steps, report: Report) -> None:
    """What stands in for nothing is as documented; two such values may come as a surprise."""
    owner = type(value_at(spec, one.steps[:-1]))
    if owner is engine.ServiceSpec and at == ("Name",):
        report.add(
            "changed",
            at,
            "a service without a name is given a random one",
            source="engine",
            code="invented-name",
            fix="set Name",
        )
    elif owner is engine.Mount and at[-1] == "Type":
        report.add(
            "hint",
            at,
            f"a mount without a type is of type {shown(one.after, at)}",
            source="engine",
            code="default-mount-type",
            fix="set Type",
        )


def report_invalid_addresses(draft: Draft, report: Report) -> None:
    """Report name servers that are no address: the engine stores a text in their place."""
    container = draft.value.task_template.container_spec
    if container is None or container.dns_config is None:
        return
    for index, address in enumerate(container.dns_config.nameservers):
        if not address:
            steps = ("TaskTemplate", "ContainerSpec", "DNSConfig", "Nameservers", index)
            report.add(
                "changed",
                draft.origin(steps),
                'what is no address is stored as the text "invalid IP"',
                source="engine",
                code="changed-value",
                fix="take the element out",
            )
