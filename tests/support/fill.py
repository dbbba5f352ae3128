"""Objects and messages in which every field is set, each to a value of its own.

A text that has to be of some form (an address, a word of an enum) gets one from the tables below.
Fields of which only one may be set at a time are filled in turn: ``variants`` gives one object for
each choice.
"""

from itertools import count

from google.protobuf.descriptor import FieldDescriptor
from msgspec import inspect

from swarmwire import engine, pb
from tests.support.certificates import OTHER_CERTIFICATE, ROOT_CERTIFICATE
from tests.support.descriptors import is_map, is_repeated

PLUGIN = pb.PluginSpec(
    name="plugin-name",
    remote="plugin-remote",
    privileges=[pb.PluginPrivilege(name="mount", description="why", value=["/a", "/b"])],
    disabled=True,
    env=["PLUGIN=1"],
)

# Messages: texts that have a form, by the field's full name without the package.
MESSAGE_TEXTS = {
    "Cluster.defaultAddressPool": "10.{0}.0.0/16",
    "ContainerSpec.DNSConfig.nameservers": "10.0.0.{0}",
    "Endpoint.VirtualIP.addr": "10.1.0.{0}/24",
    "GenericRuntimeSpec.kind": "plugin",
    "IPAMConfig.gateway": "10.2.0.{0}",
    "IPAMConfig.range": "10.{0}.128.0/17",
    "IPAMConfig.reserved": "10.3.0.{0}",
    "IPAMConfig.subnet": "10.{0}.0.0/16",
    "Mount.TmpfsOptions.options": '[["uid","{0}"],["exec"]]',
    "NetworkAttachment.addresses": "10.4.0.{0}/24",
}

# Objects: the same, by the name of the Struct and the JSON name.
OBJECT_TEXTS = {
    "AccessMode.Scope": "multi",
    "AccessMode.Sharing": "all",
    "AppArmorOpts.Mode": "disabled",
    "ClusterVolumeSpec.Availability": "drain",
    "ContainerSpec.Isolation": "hyperv",
    "DNSConfig.Nameservers": "10.0.0.{0}",
    "BindOptions.Propagation": "rslave",
    "EndpointSpec.Mode": "dnsrr",
    "ExternalCA.Protocol": "cfssl",
    "IPAMConfig.Gateway": "10.2.0.{0}",
    "IPAMConfig.Range": "10.{0}.128.0/17",
    "IPAMConfig.Subnet": "10.{0}.0.0/16",
    "InitRequest.DefaultAddrPool": "10.{0}.0.0/16",
    "Mount.Consistency": "cached",
    "Mount.Type": "volume",
    "NetworkIPAMConfig.AuxiliaryAddresses": "10.3.0.{0}",
    "NetworkIPAMConfig.Gateway": "10.2.0.{0}",
    "NetworkIPAMConfig.IPRange": "10.{0}.128.0/17",
    "NetworkIPAMConfig.Subnet": "10.{0}.0.0/16",
    "NodeSpec.Availability": "drain",
    "NodeSpec.Role": "manager",
    "PortConfig.Protocol": "udp",
    "PortConfig.PublishMode": "host",
    "RestartPolicy.Condition": "none",
    "SeccompOpts.Mode": "custom",
    "TaskSpec.Runtime": "container",
    "UpdateConfig.FailureAction": "rollback",
    "UpdateConfig.Order": "start-first",
}

# Objects: what the engine does not take empty.
REQUIRED = {
    "ExternalCA.Protocol",
    "NodeSpec.Availability",
    "NodeSpec.Role",
    "CredentialSpec.Config",
    "CredentialSpec.File",
    "CredentialSpec.Registry",
}

# Messages: certificates, of which the engine shows the issuer.
MESSAGE_BYTES = {
    "RootCA.ca_cert": ROOT_CERTIFICATE.pem.encode(),
    "RootRotation.ca_cert": OTHER_CERTIFICATE.pem.encode(),
}

# Objects: attributes of which one at most may be set, in the engine or by what they mean.
EXCLUSIVE = {
    "AccessMode": ("mount_volume", "block_volume"),
    "ConfigReference": ("file", "runtime"),
    "CredentialSpec": ("config", "file", "registry"),
    "GenericResource": ("named_resource_spec", "discrete_resource_spec"),
    "ServiceMode": ("replicated", "global_", "replicated_job", "global_job"),
    "TaskSpec": ("container_spec", "plugin_spec"),
}


def short_name(descriptor):
    """``Mount.BindOptions`` for the message, or a field of it, of that full name."""
    return descriptor.full_name.removeprefix(f"{descriptor.file.package}.")


def oneofs_of(descriptor, seen=()):
    """Every oneof with several members that a message of this type can hold, and its members."""
    found = {}
    for oneof in descriptor.oneofs:
        if len(oneof.fields) > 1:
            found[oneof.full_name] = [field.name for field in oneof.fields]
    for field in descriptor.fields:
        inner = field.message_type
        if inner is not None and not is_map(field) and inner.full_name not in seen:
            found |= oneofs_of(inner, (*seen, inner.full_name))
    return found


class _Messages:
    def __init__(self, choices):
        self.numbers = count(1)
        self.choices = choices

    def message(self, descriptor_or_type):
        out = descriptor_or_type()
        self.fill(out)
        return out

    def fill(self, out):
        for field in out.DESCRIPTOR.fields:
            oneof = field.containing_oneof
            if oneof is not None and len(oneof.fields) > 1:
                continue
            self.field(out, field)
        for oneof in out.DESCRIPTOR.oneofs:
            if len(oneof.fields) > 1:
                chosen = self.choices.get(oneof.full_name) or _richest(oneof)
                self.field(out, out.DESCRIPTOR.fields_by_name[chosen])

    def field(self, out, field):
        if is_map(field):
            self.map(getattr(out, field.name), field)
        elif field.message_type is not None:
            self.nested(out, field)
        elif is_repeated(field):
            getattr(out, field.name).extend([self.scalar(field), self.scalar(field)])
        else:
            setattr(out, field.name, self.scalar(field))

    def map(self, out, field):
        value = field.message_type.fields_by_name["value"]
        for _ in range(2):
            key = f"key-{next(self.numbers)}"
            if value.message_type is None:
                out[key] = self.text(field)
            else:
                self.fill_known(out[key])

    def nested(self, out, field):
        if not is_repeated(field):
            inner = getattr(out, field.name)
            inner.SetInParent()
            self.fill_known(inner)
            return
        oneofs = [oneof for oneof in field.message_type.oneofs if len(oneof.fields) > 1]
        if not oneofs:
            self.fill_known(getattr(out, field.name).add())
            self.fill_known(getattr(out, field.name).add())
        for oneof in oneofs:
            for member in oneof.fields:
                turn = _Messages(self.choices | {oneof.full_name: member.name})
                turn.numbers = self.numbers
                turn.fill_known(getattr(out, field.name).add())

    def fill_known(self, inner):
        name = inner.DESCRIPTOR.full_name
        number = next(self.numbers)
        if name == "google.protobuf.Timestamp":
            inner.seconds, inner.nanos = 1_700_000_000 + number, number * 1_000
        elif name == "google.protobuf.Duration":
            inner.seconds, inner.nanos = number, number * 1_000
        elif name == "google.protobuf.Any":
            inner.type_url, inner.value = (
                "types.docker.com/RuntimePlugin",
                PLUGIN.SerializeToString(),
            )
        else:
            self.fill(inner)

    def text(self, field):
        form = MESSAGE_TEXTS.get(short_name(field), field.name + "-{0}")
        return form.replace("{0}", str(next(self.numbers) % 250 + 1))

    def scalar(self, field):
        number = next(self.numbers)
        if field.enum_type is not None:
            return field.enum_type.values[-1].number
        if field.type == FieldDescriptor.TYPE_BOOL:
            return True
        if field.type == FieldDescriptor.TYPE_FLOAT:
            return number + 0.5
        if field.type == FieldDescriptor.TYPE_BYTES:
            return MESSAGE_BYTES.get(short_name(field), f"{field.name}-{number}".encode())
        if field.type == FieldDescriptor.TYPE_STRING:
            return self.text(field)
        return number


def _richest(oneof):
    """The member in which there is most to fill."""

    def size(field):
        return len(field.message_type.fields) if field.message_type is not None else 0

    return max(oneof.fields, key=size).name


def fill(message_type, choices=None):
    """A message of ``message_type`` with every field set; ``choices`` names members of oneofs."""
    return _Messages(choices or {}).message(message_type)


def variants(message_type):
    """Filled messages; in one of them at least, each member of each oneof is set."""
    out = [fill(message_type)]
    for oneof, members in oneofs_of(message_type.DESCRIPTOR).items():
        out += [fill(message_type, {oneof: member}) for member in members]
    return out


def hollow(message_type, choices=None):
    """A message in which every message is present, and every other field empty."""
    return _HollowMessages(choices or {}).message(message_type)


class _HollowMessages(_Messages):
    def field(self, out, field):
        in_a_choice = field.containing_oneof is not None
        if in_a_choice or field.message_type is not None or short_name(field) in _KEPT:
            super().field(out, field)

    def map(self, out, field):
        pass

    def fill_known(self, inner):
        if inner.DESCRIPTOR.full_name == "google.protobuf.Any":
            super().fill_known(inner)
        elif not inner.DESCRIPTOR.full_name.startswith("google."):
            self.fill(inner)


# A swap without a memory limit is refused.
_KEPT = {"GenericRuntimeSpec.kind", "Resources.memory_bytes"}


class _Objects:
    def __init__(self, choices):
        self.numbers = count(1)
        self.choices = choices

    def object(self, struct):
        exclusive = EXCLUSIVE.get(struct.__name__, ())
        chosen = self.choices.get(struct.__name__) or (exclusive[0] if exclusive else None)
        values = {}
        for field in inspect.type_info(struct).fields:
            if field.name in exclusive and field.name != chosen:
                continue
            value = self.value(field.type, f"{struct.__name__}.{field.encode_name}")
            if value is not _ABSENT:
                values[field.name] = value
        out = struct(**values)
        if struct is engine.TaskSpec and chosen == "plugin_spec":
            out.runtime = "plugin"
        return out

    def value(self, shape, name):  # noqa: C901 - a table of kinds
        if isinstance(shape, inspect.Metadata):
            shape = shape.type
        if isinstance(shape, inspect.UnionType):
            shape = next(one for one in shape.types if not isinstance(one, inspect.NoneType))
            return self.value(shape, name)
        match shape:
            case inspect.StructType():
                return self.object(shape.cls)
            case inspect.ListType():
                return self.list(shape.item_type, name)
            case inspect.DictType():
                # A key may be a prefix; the engine writes keys in order.
                keys = (f"10.{number}.0.0/16" for number in self.numbers)
                return {next(keys): self.value(shape.value_type, name) for _ in range(2)}
            case inspect.BoolType():
                return True
            case inspect.BytesType():
                return f"{name}-{next(self.numbers)}".encode()
            case inspect.FloatType():
                return next(self.numbers) + 0.5
            case inspect.IntType():
                return next(self.numbers)
            case inspect.StrType() if shape.pattern:
                return f"2026-11-22T09:03:{next(self.numbers) % 60:02d}.5Z"
        return OBJECT_TEXTS.get(name, name + "-{0}").format(next(self.numbers) % 250 + 1)

    def list(self, shape, name):
        inner = shape
        if isinstance(inner, inspect.UnionType):
            inner = next(one for one in inner.types if not isinstance(one, inspect.NoneType))
        if isinstance(inner, inspect.StructType) and inner.cls.__name__ in EXCLUSIVE:
            out = []
            for chosen in EXCLUSIVE[inner.cls.__name__]:
                turn = _Objects(self.choices | {inner.cls.__name__: chosen})
                turn.numbers = self.numbers
                out.append(turn.object(inner.cls))
            return out
        return [self.value(shape, name), self.value(shape, name)]


def fill_object(struct, choices=None):
    """An object with every field set; ``choices`` names one attribute for a Struct's name."""
    return _Objects(choices or {}).object(struct)


def hollow_object(struct, choices=None):
    """An object in which every object is present, and every other field empty."""
    return _HollowObjects(choices or {}).object(struct)


class _HollowObjects(_Objects):
    def value(self, shape, name):
        inner = shape
        if isinstance(inner, inspect.UnionType):
            inner = next(one for one in inner.types if not isinstance(one, inspect.NoneType))
        in_list = isinstance(inner, inspect.ListType) and isinstance(
            inner.item_type, inspect.StructType
        )
        if isinstance(inner, inspect.StructType) or in_list or name in REQUIRED:
            return super().value(shape, name)
        return _ABSENT


_ABSENT = object()


def object_variants(struct):
    """Filled objects; in one of them at least, each of the attributes that exclude each other."""
    out = [fill_object(struct)]
    for name in _exclusive_in(inspect.type_info(struct), set()):
        for chosen in EXCLUSIVE[name]:
            choices = {name: chosen}
            if name == "TaskSpec":
                choices["ServiceMode"] = "global_"  # a plugin must be global
            out.append(fill_object(struct, choices))
    return out


def _exclusive_in(shape, seen):
    if isinstance(shape, inspect.UnionType):
        return [name for one in shape.types for name in _exclusive_in(one, seen)]
    if isinstance(shape, inspect.ListType):
        return _exclusive_in(shape.item_type, seen)
    if isinstance(shape, inspect.DictType):
        return _exclusive_in(shape.value_type, seen)
    if not isinstance(shape, inspect.StructType) or shape.cls in seen:
        return []
    seen.add(shape.cls)
    fields = inspect.type_info(shape.cls).fields
    found = [shape.cls.__name__] if shape.cls.__name__ in EXCLUSIVE else []
    return found + [name for field in fields for name in _exclusive_in(field.type, seen)]


def structs():
    """Every Struct of the engine's objects, by its name."""
    return {
        name: value
        for name in engine.__all__
        if isinstance(value := getattr(engine, name), type)
        and issubclass(value, engine.EngineObject)
        and value is not engine.EngineObject
    }
