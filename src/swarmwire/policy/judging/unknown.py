"""What no rule knows: fields of a later SwarmKit, and numbers without a word."""

from swarmwire import pb
from swarmwire.policy.catalogue import known_fields
from swarmwire.policy.fields import set_fields
from swarmwire.policy.violation import Violations, violation
from swarmwire.spec import without_unknown_fields


def judge_unknown(kind: str, spec: pb.Message) -> Violations:
    """Every field that is set and that no rule names, and whether the schema knows all of it."""
    known = known_fields(kind)
    if without_unknown_fields(spec).ByteSize() != spec.ByteSize():
        reason = "holds a field that this version of swarmwire does not know"
        yield violation("unknown-field", (), reason)
    for found in set_fields(spec):
        if found.name not in known:
            yield violation("unknown-field", found.steps, f"no rule knows {found.name}")
        enum = found.field.descriptor.enum_type
        if enum is not None and found.value not in enum.values_by_number:
            reason = f"the number {found.value}, which has no word"
            yield violation("unknown-field", found.steps, reason)
