"""Values as they are shown: in the API's own form, without what may be a secret."""

import pytest

from swarmwire import pb
from swarmwire.spec import Display, copied, field_differences, size_of


def shown(old, new, **kwargs):
    found = field_differences(old, new, display=Display(**kwargs))
    return {each.path: each.new for each in found}


def plugin(type_url="x", **fields):
    out = pb.ServiceSpec()
    out.task.generic.kind = "plugin"
    out.task.generic.payload.type_url = type_url
    out.task.generic.payload.value = pb.PluginSpec(**fields).SerializeToString()
    return out


def test_variables_of_a_plugin_are_variables():
    old = plugin(env=["A=1", "TOKEN=1"])
    new = plugin(env=["A=2", "TOKEN=2"])
    path = "TaskTemplate.PluginSpec.env"
    assert shown(old, new) == {f"{path}[0]": "A=2", f"{path}[1]": "TOKEN=…"}
    assert shown(old, new, hide_env=True) == {f"{path}[0]": "A=…", f"{path}[1]": "TOKEN=…"}


def test_payloads_of_another_type_are_not_looked_into():
    old, new = plugin(name="a"), plugin("y", name="b")
    assert shown(old, new) == {"TaskTemplate.PluginSpec": {"TypeURL": "y", "Value": "3 bytes"}}


def test_a_part_of_an_object_shows_in_it():
    old, new = pb.NetworkSpec(), pb.NetworkSpec()
    new.ipam.driver.name = "default"
    new.ipam.driver.options["token"] = "HUSH"
    new.ipam.configs.add(subnet="10.0.0.0/24")
    assert shown(old, new) == {
        "IPAM": {
            "Driver": "default",
            "Options": {"token": "…"},
            "Config": [{"Subnet": "10.0.0.0/24"}],
        }
    }


def test_a_ratio_that_is_no_number_is_the_same_one():
    old = pb.ServiceSpec()
    old.update.max_failure_ratio = float("nan")
    assert shown(old, copied(old)) == {}
    new = copied(old)
    new.update.max_failure_ratio = 0.5
    assert shown(old, new) == {"UpdateConfig.MaxFailureRatio": 0.5}
    assert shown(new, old) == {"UpdateConfig.MaxFailureRatio": "nan"}


@pytest.mark.parametrize(("data", "text"), [(b"", "0 bytes"), (b"a", "1 byte"), (b"ab", "2 bytes")])
def test_bytes_show_how_many_they_are(data, text):
    assert size_of(data) == text
