"""Whatever the message, the rules answer with InvalidSpec or not at all."""

from google.protobuf.descriptor import FieldDescriptor
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from swarmwire import pb, rules
from swarmwire.errors import InvalidSpec
from swarmwire.rules.template import TemplateError, UnjudgedError, expand

TEXTS = st.one_of(
    st.sampled_from(
        [
            *("", "a", "/a", "a==b", "node.ip==::1", "10.0.0.0/8", "x@sha256:00", "default"),
            *("{{.Task.Name}}", "{{", "{{.Nope}}", "A={{printf}}", "{{range 3}}{{.}}{{end}}"),
        ]
    ),
    st.text(max_size=20),
    st.text(alphabet="{}.|() ab$:='\"-1", max_size=20),
)
PIECES = st.sampled_from(
    [
        *("{{", "}}", " ", ".", ".Task", ".Nope", "$", "$x", ":=", "=", "|", "(", ")", "1", '"a"'),
        *("if", "else", "end", "range", "with", "define", "template", "block", "break", "nil"),
        *("print", "printf", "len", "index", "eq", "lt", "and", "or", "join", "call", "slice"),
        *("{{end}}", "{{else}}", "{{if 1}}", "{{range 2}}", "-", "/*", "*/", "\n", "'a'", "1.5"),
    ]
)
INTEGERS = {
    FieldDescriptor.CPPTYPE_INT32: (-(2**31), 2**31 - 1),
    FieldDescriptor.CPPTYPE_INT64: (-(2**63), 2**63 - 1),
    FieldDescriptor.CPPTYPE_UINT32: (0, 2**32 - 1),
    FieldDescriptor.CPPTYPE_UINT64: (0, 2**64 - 1),
}


def value(field):
    if field.cpp_type in INTEGERS:
        low, high = INTEGERS[field.cpp_type]
        return st.one_of(st.integers(max(low, -3), 3), st.integers(low, high))
    return {
        FieldDescriptor.CPPTYPE_STRING: TEXTS if field.type != field.TYPE_BYTES else st.binary(),
        FieldDescriptor.CPPTYPE_BOOL: st.booleans(),
        FieldDescriptor.CPPTYPE_ENUM: st.integers(0, 5),
        FieldDescriptor.CPPTYPE_FLOAT: st.floats(width=32),
        FieldDescriptor.CPPTYPE_DOUBLE: st.floats(),
    }[field.cpp_type]


def fill(draw, message):
    """Set some fields of the message, and of the messages in it."""
    for field in message.DESCRIPTOR.fields:
        if not draw(st.booleans()):
            continue
        is_message = field.cpp_type == FieldDescriptor.CPPTYPE_MESSAGE
        if is_message and field.message_type.GetOptions().map_entry:
            getattr(message, field.name).update(draw(st.dictionaries(TEXTS, TEXTS, max_size=2)))
        elif field.is_repeated and is_message:
            for _ in range(draw(st.integers(1, 2))):
                fill(draw, getattr(message, field.name).add())
        elif field.is_repeated:
            getattr(message, field.name).extend(draw(st.lists(value(field), max_size=2)))
        elif is_message:
            getattr(message, field.name).SetInParent()
            fill(draw, getattr(message, field.name))
        else:
            setattr(message, field.name, draw(value(field)))
    return message


@st.composite
def messages(draw, kind):
    return fill(draw, kind())


PAIRS = [
    (pb.ServiceSpec, rules.validate_service_spec, rules.service_spec_problems),
    (pb.SecretSpec, rules.validate_secret_spec, rules.secret_spec_problems),
    (pb.ConfigSpec, rules.validate_config_spec, rules.config_spec_problems),
    (pb.NetworkSpec, rules.validate_network_spec, rules.network_spec_problems),
    (pb.NodeSpec, rules.validate_node_spec, rules.node_spec_problems),
    (pb.ClusterSpec, rules.validate_cluster_spec, rules.cluster_spec_problems),
    (pb.VolumeSpec, rules.validate_volume_spec, rules.volume_spec_problems),
]
SLOW = settings(suppress_health_check=list(HealthCheck), deadline=None, max_examples=60)


def raised(validate, message):
    try:
        validate(message)
    except InvalidSpec as err:
        return [said(err)]
    return []


def said(err):
    return (err.code, err.path, err.reason)


@SLOW
@given(st.data())
def test_validate_raises_the_first_problem_and_nothing_else(data):
    kind, validate, problems = data.draw(st.sampled_from(PAIRS))
    message = data.draw(messages(kind))
    before = message.SerializeToString(deterministic=True)
    listed = [said(err) for err in problems(message)]
    assert raised(validate, message) == listed[:1]
    assert message.SerializeToString(deterministic=True) == before


@SLOW
@given(messages(pb.ServiceSpec), messages(pb.ServiceSpec))
def test_the_other_questions_never_fail(old, new):
    rules.service_spec_update_problems(old, new)
    rules.service_spec_update_hazards(old, new)
    assert all(isinstance(h.path, str) for h in rules.service_spec_hazards(new))
    filled = rules.with_defaults(new)
    assert rules.with_defaults(filled).SerializeToString(
        deterministic=True
    ) == filled.SerializeToString(deterministic=True)


@settings(SLOW, max_examples=500)
@given(st.one_of(TEXTS, st.lists(PIECES, max_size=12).map("".join)))
def test_templates_fail_in_one_way_only(text):
    try:
        outcome = expand(text)
    except TemplateError as err:
        outcome = str(err)
        assert outcome.startswith("template: expansion:")
    except UnjudgedError:
        outcome = ""
    assert isinstance(outcome, str)
