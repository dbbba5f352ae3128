"""A gateway as metrics of Prometheus: needs the extra ``serve``.

Labels hold methods, templates of paths, statuses and kinds of objects: neither names nor anything
that a client sent.
"""

from collections.abc import Iterator
from importlib.metadata import version
from itertools import accumulate
from typing import Final

try:
    from prometheus_client import CollectorRegistry, ProcessCollector
    from prometheus_client.core import (
        CounterMetricFamily,
        GaugeMetricFamily,
        HistogramMetricFamily,
        Metric,
    )
    from prometheus_client.exposition import generate_latest
    from prometheus_client.registry import Collector
except ModuleNotFoundError as err:  # pragma: no cover - said with what to install
    from swarmwire.extras import missing

    raise missing("swarmwire.gateway.metrics", err) from err

from swarmwire.gateway.counts import BUCKETS, RequestCounts
from swarmwire.gateway.gateway import Gateway

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


class GatewayMetrics:
    """What is known of a gateway and of its process, in Prometheus's text format."""

    def __init__(self, gateway: Gateway) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_GatewayCollector(gateway))
        ProcessCollector(registry=self._registry)

    def text(self) -> bytes:
        """All metrics, as they are now."""
        return generate_latest(self._registry)


class _GatewayCollector(Collector):
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def collect(self) -> Iterator[Metric]:
        """See ``prometheus_client``."""
        yield self._build()
        yield from _of_requests(self._gateway.counts)
        yield from self._of_the_mirror()
        if self._gateway.audit is not None:
            text = "Audit records that could not be written."
            failures = self._gateway.audit.failures
            yield CounterMetricFamily("swarmwire_audit_failures", text, value=failures)

    def _build(self) -> Metric:
        text = "The version of swarmwire, and the release of the engine as which it answers."
        release = self._gateway.release.version
        out = GaugeMetricFamily("swarmwire_build_info", text, labels=("version", "engine"))
        out.add_metric((version("swarmwire"), release), 1)
        return out

    def _of_the_mirror(self) -> Iterator[Metric]:
        mirror = self._gateway.mirror
        text = "For how long nothing is known of the manager; 0 while it is there."
        yield GaugeMetricFamily("swarmwire_mirror_age_seconds", text, value=mirror.age)
        text = "Whether reads are answered: 1, or 0 if what is known is older than it may be."
        current = float(mirror.is_current)
        yield GaugeMetricFamily("swarmwire_mirror_current", text, value=current)
        text = "How often the stream of changes was lost and began again, by how."
        resyncs = CounterMetricFamily("swarmwire_mirror_resyncs", text, labels=("how",))
        for how in ("resumed", "compared", "listed"):
            resyncs.add_metric((how,), mirror.resyncs[how])
        yield resyncs
        text = "Objects of the swarm that are in memory."
        objects = GaugeMetricFamily("swarmwire_objects", text, labels=("kind",))
        for kind, shelf in mirror.shelves.items():
            objects.add_metric((kind,), len(shelf))
        yield objects


def _of_requests(counts: RequestCounts) -> Iterator[Metric]:
    text = "Requests that were answered. 499: the client left before."
    answered = CounterMetricFamily("swarmwire_requests", text, labels=("method", "route", "status"))
    for (method, template, status), number in counts.answered.items():
        answered.add_metric((method, template, str(status)), number)
    yield answered
    text = "From a request's headers to the first byte of its answer."
    durations = HistogramMetricFamily(
        "swarmwire_request_duration_seconds", text, labels=("method", "route")
    )
    bounds = [*map(str, BUCKETS), "+Inf"]
    for route, each in counts.durations.items():
        buckets = list(zip(bounds, map(float, accumulate(each.counts)), strict=True))
        durations.add_metric(route, buckets, each.seconds)
    yield durations
    text = "Requests that were refused, by why."
    refusals = CounterMetricFamily("swarmwire_refusals", text, labels=("reason",))
    for reason, number in counts.refusals.items():
        refusals.add_metric((reason,), number)
    yield refusals
    text = "Requests that are being answered, without streams."
    yield GaugeMetricFamily("swarmwire_requests_in_flight", text, value=counts.in_flight)
    text = "Streams that are open: events, logs."
    streams = GaugeMetricFamily("swarmwire_streams", text, labels=("method", "route"))
    for route, number in counts.streams.items():
        streams.add_metric(route, number)
    yield streams
    text = "Connections of clients that are open."
    yield GaugeMetricFamily("swarmwire_connections", text, value=counts.connections)
