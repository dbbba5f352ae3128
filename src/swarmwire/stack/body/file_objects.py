"""The bodies of secrets and configs.

Source: docker/cli cli/compose/convert/compose.go, Secrets and Configs.
"""

from swarmwire.stack.body.building import find, labelled, made, scoped
from swarmwire.stack.files import Read, read_file
from swarmwire.stack.forms.objects import FileObject, is_external, text_of
from swarmwire.stack.places import Located


def file_object_bodies(
    kind: FileObject, stack: str, objects: dict[str, Located], read: Read
) -> dict[str, tuple[Located, bytes]]:
    """The body of each secret or config that is not external, by full name, and its data.

    The body holds the place of its data, not the data.

    Raises:
        StackError: a file that cannot be read.
    """
    bodies = {}
    for name, one in objects.items():
        if is_external(one):
            continue
        body = _body(kind, stack, name, one)
        is_driven = kind == "secret" and text_of(one, "driver")
        file = one if is_driven else one.value["file"]
        data = b"" if is_driven else read_file(read, file.value, file, "convert")
        body.value["Data"] = file.with_value("")
        bodies[body.value["Name"].value] = (body, data)
    return bodies


def _body(kind: FileObject, stack: str, name: str, one: Located) -> Located:
    given = find(one, "name")
    driver = find(one, "driver") if kind == "secret" else None
    template = find(one, "template_driver")
    return made(
        one,
        Name=given if given is not None and given.value else one.with_value(scoped(stack, name)),
        Labels=labelled(stack, one, find(one, "labels")),
        Driver=None
        if driver is None or not driver.value
        else made(driver, Name=driver, Options=find(one, "driver_opts")),
        Templating=None
        if template is None or not template.value
        else made(template, Name=template),
    )
