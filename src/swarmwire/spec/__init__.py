"""What a spec is as a document: fields in their order, differences, what may be shown. Pure.

``field_differences`` compares two specs of one kind. ``document_of`` gives the fields of a message
as the Engine API has them; ``Display`` and ``masked`` make values fit to be shown.
"""

from swarmwire.spec.document import Part, SpecField, Steps, document_of
from swarmwire.spec.elements import identity_of, is_by_place
from swarmwire.spec.messages import copied, is_map, is_repeated, short_name, without_unknown_fields
from swarmwire.spec.shown import HIDDEN, Display, is_sensitive, masked, size_of
from swarmwire.spec.walk import FieldDifference, Operation, field_differences
from swarmwire.spec.words import word_of, words_of

__all__ = [
    "HIDDEN",
    "Display",
    "FieldDifference",
    "Operation",
    "Part",
    "SpecField",
    "Steps",
    "copied",
    "document_of",
    "field_differences",
    "identity_of",
    "is_by_place",
    "is_map",
    "is_repeated",
    "is_sensitive",
    "masked",
    "short_name",
    "size_of",
    "without_unknown_fields",
    "word_of",
    "words_of",
]
