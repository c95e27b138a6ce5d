"""Photos in the order of a measured value: sharpness, exposure, contrast …"""

import threading
import time
from dataclasses import dataclass, field
from math import inf

from aesplugin.catalog.catalog import Catalog
from aesplugin.catalog.filters import ByMeasure, Measure

_MOST_MEASURES = 3  # kept; the values of 100,000 photos take 20 MB
_SECONDS = 600.0  # kept at most: another release may have measured the photos again
_FEW = 5000  # photos; of more it is quicker to read the values of all


@dataclass(slots=True)
class _Values:
    at: float
    by_hash: dict[str, float | None] = field(default_factory=dict)


class MeasuredOrders:
    """Sorts photos of one catalog by measured values, which are kept; for any number of threads.

    The values stand in JSON, where no index reaches all of them for little: one index for each
    would make a catalog a third larger.
    """

    def __init__(self, catalog: Catalog) -> None:
        self._catalog = catalog
        self._kept: dict[Measure, _Values] = {}
        self._lock = threading.Lock()

    def sort(self, content_hashes: list[str], order: ByMeasure) -> None:
        """Puts the photos in order, in place; those without a value last, ties by content."""
        values = self._values(order.measure, content_hashes)
        sign = -1.0 if order.largest else 1.0

        def key(one: str) -> tuple[float, str]:
            value = values.get(one)
            if value is None:
                return inf, one
            return sign * (abs(value) if order.measure is Measure.TILT else value), one

        content_hashes.sort(key=key)

    def _values(self, measure: Measure, content_hashes: list[str]) -> dict[str, float | None]:
        with self._lock:  # a second thread waits, rather than reading the same
            kept = self._kept.pop(measure, None)
            if kept is None or time.monotonic() - kept.at > _SECONDS:
                kept = _Values(time.monotonic())
            new = [one for one in content_hashes if one not in kept.by_hash]
            if new:
                few = new if len(new) <= _FEW else None
                read = self._catalog.values_of(measure.value, few)
                # Another dict: threads that sort by this one are not disturbed.
                kept = _Values(kept.at, {**kept.by_hash, **read})
            others = list(self._kept.items())[-(_MOST_MEASURES - 1) :]  # the oldest go
            self._kept = dict(others) | {measure: kept}
            return kept.by_hash
