"""What `/metrics` tells, in a registry of this process's own. No label holds the id of a person or consultation."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from media.contract import NodeInfo


class Metrics:
    """The counters of one signaling process, and what the living media nodes tell of themselves."""

    def __init__(self, nodes: Callable[[], Iterable[NodeInfo]]) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_NodeCollector(nodes))
        self.sockets = Gauge("hilo_sockets", "Open WebSockets with a seat", registry=self._registry)
        self.refused_sockets = self._counter("hilo_refused_sockets", "WebSockets refused or closed by us", "code")
        self.polls = self._counter("hilo_polls", "Polls of pages without a WebSocket", "outcome")
        self.commands = self._counter("hilo_commands", "Commands of pages", "type", "outcome")
        self.offers = self._counter("hilo_offers", "Offers of pages", "outcome")
        self.media_events = self._counter("hilo_media_events", "Events of media nodes", "type")
        self.reports = self._counter("hilo_reports", "Reports of pages on their media", "outcome")
        self.adapts = self._counter("hilo_adapts", "Orders of the ladder that were sent to a page")
        self.levels = self._counter("hilo_level_changes", "Facts of a ladder", "direction", "level", "reason")
        self.unavailable = self._counter("hilo_store_unavailable", "Requests that the store could not serve")
        self.answer_seconds = Histogram(
            "hilo_answer_seconds", "From a page's offer to its answer", registry=self._registry
        )

    def render(self) -> bytes:
        """The Prometheus text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, words: str, *labels: str) -> Counter:
        return Counter(name, words, labels, registry=self._registry)


class _NodeCollector(Collector):
    """The media nodes' own numbers, under `hilo_media_` with the label `node`."""

    def __init__(self, nodes: Callable[[], Iterable[NodeInfo]]) -> None:
        self._nodes = nodes

    def collect(self) -> Iterable[Metric]:
        families: dict[str, Metric] = {}
        for node in self._nodes():
            for name, value in _numbers(node).items():
                families.setdefault(name, _family(name)).add_sample(f"hilo_media_{name}", {"node": node.node_id}, value)
        return families.values()


def _numbers(node: NodeInfo) -> dict[str, float]:
    own = {
        "participants": node.participants,
        "rooms": node.rooms,
        "capacity": node.capacity,
        "draining": float(node.draining),
    }
    return own | node.metrics


def _family(name: str) -> Metric:
    words = f"Of the media node: {name.replace('_', ' ')}"
    if name.endswith("_total"):
        return CounterMetricFamily(f"hilo_media_{name.removesuffix('_total')}", words, labels=["node"])
    return GaugeMetricFamily(f"hilo_media_{name}", words, labels=["node"])
