"""A failed acknowledgement makes the worker connect anew.

Celery logs it and goes on, but kombu then still counts the message as being worked on: with one
job at a time, which is what we want, the worker would never be given another one. Seen with
celery 5.7 and kombu 5.7 when Redis is restarted while a job is done; tests/faults shows it.
"""

import redis
from celery.worker.request import Request
from kombu.asynchronous import get_event_loop


class CarefulRequest(Request):  # type: ignore[misc]
    """Celery's request, see above."""

    def acknowledge(self) -> None:
        """Acknowledges, or begins a new connection."""
        super().acknowledge()
        self._check()

    def reject(self, requeue: bool = False) -> None:  # noqa: FBT001, FBT002 - Celery's signature
        """Rejects, or begins a new connection."""
        super().reject(requeue)
        self._check()

    def _check(self) -> None:
        """Celery acknowledges in the next round of its loop; looks in the one after that."""
        hub = get_event_loop()
        if hub is not None:
            look = self._reconnect_unless_done
            hub.call_soon(lambda: hub.call_soon(look))  # type: ignore[no-untyped-call]

    def _reconnect_unless_done(self) -> None:
        if not self.message.acknowledged:  # raised in the consumer's loop, which then reconnects
            raise redis.ConnectionError("a job could not be acknowledged")
