"""Models on a server as they are registered: `server:MODEL`."""

from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from aesplugin.errors import ModelAway, UsageError
from aesplugin.models.base import ModelBackend, ModelCard, Progress
from aesplugin.models.server.address import server_base
from aesplugin.models.server.card import (
    Asking,
    Facts,
    card_of,
    generic_card,
    keep_facts,
    read_facts,
    unknown_card,
)
from aesplugin.settings import Settings, load_settings

if TYPE_CHECKING:
    from aesplugin.models.server.client import ServerClient
    from aesplugin.models.server.model import ServerModel
    from aesplugin.models.server.patience import Patience


class ServerBackend(ModelBackend):
    """Any vision-language model on a server that the user runs; named for all but the card."""

    takes_name = True

    def __init__(self, given: str = "") -> None:
        super().__init__(given)
        self._settings: Settings | None = None
        self._client: ServerClient | None = None
        self._fresh: Facts | None = None  # found out since the card was last refreshed

    def configure(self, settings: Settings) -> None:
        """Address, wording, picture size and number of requests are settings."""
        self._settings = settings

    @property
    def settings(self) -> Settings:
        """Those in force."""
        if self._settings is None:
            self._settings = load_settings()
        return self._settings

    @property
    def card(self) -> ModelCard:
        """By what was last found out; asks no server."""
        if not self.given:
            return generic_card()
        base = server_base(self.settings.server_url)
        facts = self._fresh or read_facts(self.settings.cache, base, self.given)
        return card_of(facts, self._asking) if facts else unknown_card(self.given)

    def refresh_card(self, *, cache: Path) -> None:
        """Asks the server anew; what was found out before stands while it is away."""
        self._fresh = None
        if read_facts(cache, server_base(self.settings.server_url), self.given) is None:
            self._found_out(cache)
            return
        with suppress(ModelAway):
            self._found_out(cache, is_patient=False)

    def load(self, *, device: str, threads: int, cache: Path, comments: bool) -> "ServerModel":
        """Asks what the server can do; device and threads are its own."""
        from aesplugin.models.server.model import Manner, ServerModel

        facts = self._found_out(cache)
        manner = Manner(
            asking=self._asking,
            requests=self.settings.server_requests,
            patience=self._patience(),
            comments=comments,
        )
        return ServerModel(self._connected(), facts, card_of(facts, self._asking), manner)

    def pull(self, *, cache: Path, progress: Progress) -> None:
        """Fetches nothing; finds out what the server can do, and says it."""
        progress(f"{self.given}: {self._found_out(cache).abilities}", 1.0)

    def describe(self) -> str:
        """For `aesplugin doctor`: what the server can and cannot do."""
        facts = self._fresh
        return f"{facts.kind}: {facts.abilities}" if facts else ""

    @property
    def _asking(self) -> Asking:
        settings = self.settings
        return Asking(wording=settings.server_wording, long_side=settings.server_long_side)

    def _connected(self) -> "ServerClient":
        from aesplugin.models.server.client import ServerClient

        if self._client is None:
            # A worker that is over `job_seconds` at a batch is ended, and its photos pay. A server
            # that hangs costs a request, a wait, and a look at the tiny picture: 1/3 + 1/6 + 1/3.
            seconds = self.settings.job_seconds / 3
            self._client = ServerClient(self.settings.server_url, seconds=seconds)
        return self._client

    def _patience(self) -> "Patience":
        from aesplugin.models.server.patience import Patience

        return Patience(seconds=self.settings.job_seconds / 6)

    def _found_out(self, cache: Path, *, is_patient: bool = True) -> Facts:
        """Raises: as `probe`; UsageError: no model is named."""
        import threading

        from aesplugin.models.server.probe import probe

        if not self.given:
            raise UsageError("name the model as server:MODEL, as its server lists it")
        if self._fresh is None:
            client = self._connected()
            hurry = threading.Event()
            if not is_patient:
                hurry.set()
            facts = self._patience().persist(lambda: probe(client, self.given), hurry)
            keep_facts(cache, client.base, facts)
            self._fresh = facts
        return self._fresh
