"""Times and durations, to the nanosecond and over all years that JSON can say."""

import datetime as dt
import random

import pytest

from swarmwire import convert, engine, pb
from swarmwire.convert.time import is_valid_duration
from swarmwire.errors import ConvertError

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
YEAR_0 = -62_167_219_200
YEAR_10000 = 253_402_300_800


def created(seconds, nanos=0):
    meta = pb.Meta(created_at=pb.Timestamp(seconds=seconds, nanos=nanos))
    return convert.config_from_grpc(pb.Config(meta=meta)).created_at


def text_of(seconds):
    """The same by Python's calendar, which knows the years 1 to 9999."""
    return (EPOCH + dt.timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")


FIRST = int((dt.datetime(1, 1, 1, tzinfo=dt.UTC) - EPOCH).total_seconds())
LAST = int((dt.datetime(9999, 12, 31, 23, 59, 59, tzinfo=dt.UTC) - EPOCH).total_seconds())


def test_date_is_pythons_on_many_days():
    numbers = random.Random(1)  # the same days on each run
    for _ in range(5_000):
        second = numbers.randint(FIRST, LAST)
        assert created(second) == text_of(second)


@pytest.mark.parametrize("year", [1, 4, 100, 400, 1582, 1900, 1970, 2000, 2024, 2026, 2100, 9999])
def test_ends_of_months_are_pythons(year):
    for month in range(1, 13):
        first = dt.datetime(year, month, 1, tzinfo=dt.UTC)
        second = int((first - EPOCH).total_seconds())
        assert created(second) == text_of(second)
        if second > FIRST:
            assert created(second - 1) == text_of(second - 1)


@pytest.mark.parametrize(
    ("seconds", "nanos", "text"),
    [
        (0, 0, "1970-01-01T00:00:00Z"),
        (0, 1, "1970-01-01T00:00:00.000000001Z"),
        (0, 120_000_000, "1970-01-01T00:00:00.12Z"),
        (0, 999_999_999, "1970-01-01T00:00:00.999999999Z"),
        (-1, 0, "1969-12-31T23:59:59Z"),
        (-1, 500_000_000, "1969-12-31T23:59:59.5Z"),
        (0, -1, "1969-12-31T23:59:59.999999999Z"),
        (0, 1_000_000_000, "1970-01-01T00:00:01Z"),
        (5, 2_147_483_647, "1970-01-01T00:00:07.147483647Z"),
        (5, -2_147_483_648, "1970-01-01T00:00:02.852516352Z"),
        (1_763_802_198, 288_184_560, "2025-11-22T09:03:18.28818456Z"),
        (-62_135_596_800, 0, "0001-01-01T00:00:00Z"),
        (YEAR_0, 0, "0000-01-01T00:00:00Z"),
        (YEAR_10000 - 1, 999_999_999, "9999-12-31T23:59:59.999999999Z"),
    ],
)
def test_time_is_written_as_go_writes_it(seconds, nanos, text):
    assert created(seconds, nanos) == text


@pytest.mark.parametrize(
    ("seconds", "nanos"),
    [
        (YEAR_0 - 1, 0),
        (YEAR_0, -1),
        (YEAR_10000, 0),
        (YEAR_10000 - 1, 1_000_000_000),
        (2**63 - 1, 2**31 - 1),
        (-(2**63), -(2**31)),
    ],
)
def test_year_that_json_cannot_say_is_refused(seconds, nanos):
    with pytest.raises(ConvertError) as caught:
        created(seconds, nanos)
    assert (caught.value.path, caught.value.kind) == ("CreatedAt", "range")
    assert caught.value.reason == "year outside of range [0,9999]"


BAD = pb.Timestamp(seconds=YEAR_10000)


def service(**parts):
    out = pb.Service(**parts)
    out.spec.task.container.image = "i"
    return out


@pytest.mark.parametrize(
    ("path", "function", "message"),
    [
        ("UpdatedAt", convert.secret_from_grpc, pb.Secret(meta=pb.Meta(updated_at=BAD))),
        ("CreatedAt", convert.node_from_grpc, pb.Node(meta=pb.Meta(created_at=BAD))),
        ("Created", convert.network_from_grpc, pb.Network(meta=pb.Meta(created_at=BAD))),
        ("CreatedAt", convert.swarm_from_grpc, pb.Cluster(meta=pb.Meta(created_at=BAD))),
        ("CreatedAt", convert.service_from_grpc, service(meta=pb.Meta(created_at=BAD))),
        (
            "UpdateStatus.StartedAt",
            convert.service_from_grpc,
            service(update_status=pb.UpdateStatus(started_at=BAD)),
        ),
        (
            "UpdateStatus.CompletedAt",
            convert.service_from_grpc,
            service(update_status=pb.UpdateStatus(completed_at=BAD)),
        ),
        (
            "JobStatus.LastExecution",
            convert.service_from_grpc,
            service(job_status=pb.JobStatus(last_execution=BAD)),
        ),
        (
            "Status.Timestamp",
            convert.task_from_grpc,
            pb.Task(status=pb.TaskStatus(timestamp=BAD)),
        ),
        (
            "NetworksAttachments[1].Network.CreatedAt",
            convert.task_from_grpc,
            pb.Task(
                networks=[
                    pb.NetworkAttachment(),
                    pb.NetworkAttachment(network=pb.Network(meta=pb.Meta(created_at=BAD))),
                ]
            ),
        ),
    ],
)
def test_bad_time_is_refused_at_its_path(path, function, message):
    with pytest.raises(ConvertError) as caught:
        function(message)
    assert (caught.value.path, caught.value.kind) == (path, "range")


def test_bad_time_of_a_volume_is_refused_at_its_path():
    volume = pb.Volume(meta=pb.Meta(updated_at=BAD))
    volume.spec.driver.name = "d"
    with pytest.raises(ConvertError) as caught:
        convert.volume_from_grpc(volume)
    assert caught.value.kind == "range"
    assert caught.value.path.endswith("UpdatedAt")


def test_volume_shows_its_creation_in_gos_own_form():
    volume = pb.Volume(meta=pb.Meta(created_at=pb.Timestamp(seconds=1, nanos=280_000_000)))
    volume.spec.driver.name = "d"
    shown = convert.volume_from_grpc(volume)
    assert shown.created_at == "1970-01-01 00:00:01.28 +0000 UTC"
    assert shown.cluster_volume.created_at == "1970-01-01T00:00:01.28Z"


def test_missing_time_is_the_start_of_1970():
    assert convert.config_from_grpc(pb.Config()).created_at == "1970-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("timestamp", "shown"),
    [
        (None, None),
        (pb.Timestamp(), None),
        (pb.Timestamp(nanos=5), None),
        (pb.Timestamp(seconds=-62_135_596_800), None),
        (pb.Timestamp(seconds=-62_135_596_800, nanos=1), "0001-01-01T00:00:00.000000001Z"),
        (pb.Timestamp(seconds=1), "1970-01-01T00:00:01Z"),
        (pb.Timestamp(seconds=-1), "1969-12-31T23:59:59Z"),
    ],
)
def test_time_of_an_update_is_left_out_when_it_is_none(timestamp, shown):
    status = pb.UpdateStatus(started_at=timestamp, completed_at=timestamp)
    update = convert.service_from_grpc(service(update_status=status)).update_status
    assert (update.started_at, update.completed_at) == (shown, shown)


# Durations


def policy(delay):
    spec = engine.ServiceSpec(
        name="n",
        task_template=engine.TaskSpec(
            container_spec=engine.ContainerSpec(),
            restart_policy=engine.RestartPolicy(delay=delay, window=delay),
        ),
    )
    return convert.service_spec_to_grpc(spec).task.restart


@pytest.mark.parametrize(
    ("nanoseconds", "seconds", "nanos"),
    [
        (0, 0, 0),
        (1, 0, 1),
        (-1, 0, -1),
        (1_500_000_000, 1, 500_000_000),
        (-1_500_000_000, -1, -500_000_000),
        (999_999_999, 0, 999_999_999),
        (-1_000_000_000, -1, 0),
        (2**63 - 1, 9_223_372_036, 854_775_807),
        (-(2**63), -9_223_372_036, -854_775_808),
    ],
)
def test_duration_goes_there_and_back(nanoseconds, seconds, nanos):
    message = policy(nanoseconds)
    assert (message.delay.seconds, message.delay.nanos) == (seconds, nanos)
    spec = pb.ServiceSpec(task=pb.TaskSpec(container=pb.ContainerSpec(), restart=message))
    back = convert.service_spec_from_grpc(spec).task_template.restart_policy
    assert (back.delay, back.window) == (nanoseconds, nanoseconds)


MALFORMED = [
    (1, -1),
    (-1, 1),
    (0, 1_000_000_000),
    (0, -1_000_000_000),
    (9_223_372_036, 854_775_808),
    (-9_223_372_036, -854_775_809),
    (315_576_000_001, 0),
    (-315_576_000_001, 0),
    (2**63 - 1, 0),
]


@pytest.mark.parametrize(("seconds", "nanos"), MALFORMED)
def test_malformed_duration_is_0(seconds, nanos):
    duration = pb.Duration(seconds=seconds, nanos=nanos)
    spec = pb.ServiceSpec(
        task=pb.TaskSpec(
            container=pb.ContainerSpec(stop_grace_period=duration),
            restart=pb.RestartPolicy(delay=duration),
        ),
        update=pb.UpdateConfig(monitor=duration),
    )
    got = convert.service_spec_from_grpc(spec)
    assert got.task_template.container_spec.stop_grace_period == 0
    assert got.task_template.restart_policy.delay == 0
    assert got.task_template.restart_policy.window is None
    assert got.update_config.monitor == 0


@pytest.mark.parametrize(("seconds", "nanos"), MALFORMED)
@pytest.mark.parametrize("field", ["update", "rollback"])
def test_malformed_delay_of_an_update_is_refused(field, seconds, nanos):
    config = pb.UpdateConfig(delay=pb.Duration(seconds=seconds, nanos=nanos))
    spec = pb.ServiceSpec(task=pb.TaskSpec(container=pb.ContainerSpec()), **{field: config})
    with pytest.raises(ConvertError) as caught:
        convert.service_spec_from_grpc(spec)
    part = "UpdateConfig" if field == "update" else "RollbackConfig"
    assert (caught.value.path, caught.value.kind) == (f"{part}.Delay", "range")
    with pytest.raises(ConvertError) as caught:
        convert.service_from_grpc(pb.Service(spec=spec))
    assert caught.value.path == f"Spec.{part}.Delay"
    good = pb.ServiceSpec(task=pb.TaskSpec(container=pb.ContainerSpec()))
    with pytest.raises(ConvertError) as caught:
        convert.service_from_grpc(pb.Service(spec=good, previous_spec=spec))
    assert caught.value.path == f"PreviousSpec.{part}.Delay"


@pytest.mark.parametrize(
    ("seconds", "nanos", "is_valid"),
    [
        (0, 0, True),
        (0, 1, True),
        (0, -1, True),
        (1, -1, False),
        (-1, 1, False),
        (-1, -999_999_999, True),
        (0, 1_000_000_000, False),
        (9_223_372_036, 854_775_807, True),
        (9_223_372_036, 854_775_808, False),
        (-9_223_372_036, -854_775_808, True),
        (-9_223_372_036, -854_775_809, False),
    ],
)
def test_duration_has_one_sign_and_64_bits(seconds, nanos, is_valid):
    assert is_valid_duration(seconds, nanos) is is_valid
