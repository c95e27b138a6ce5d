"""A server model that is loaded from a fake server, with settings of its own."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from aesplugin import registry
from aesplugin.models.base import ModelBackend
from aesplugin.models.server.model import ServerModel
from aesplugin.photo import Rendition
from aesplugin.settings import load_settings
from tests.models.server.fakes import FakeServer

Loader = Callable[..., ServerModel]


def photo(number: int = 0, size: tuple[int, int] = (320, 240)) -> Rendition:
    """One of many unlike pictures."""
    image = Image.linear_gradient("L").resize(size).rotate(7 * number).convert("RGB")
    data = io.BytesIO()
    image.save(data, "JPEG", quality=92)
    hashed = f"{number:064x}"
    return Rendition(content_hash=hashed, jpeg=data.getvalue(), width=size[0], height=size[1])


@pytest.fixture(autouse=True)
def plain_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "AES_SERVER_KEY"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def backend(tmp_path: Path) -> Callable[..., ModelBackend]:
    def make(fake: FakeServer, **settings: Any) -> ModelBackend:
        values = {"server_url": fake.url, "cache": tmp_path, "job_seconds": 20.0, **settings}
        return registry.model(f"server:{fake.model}", load_settings(**values))

    return make


@pytest.fixture
def load(backend: Callable[..., ModelBackend], tmp_path: Path) -> Loader:
    def make(fake: FakeServer, *, comments: bool = False, **settings: Any) -> ServerModel:
        found = backend(fake, **settings)
        loaded = found.load(device="cpu", threads=0, cache=tmp_path, comments=comments)
        assert isinstance(loaded, ServerModel)
        return loaded

    return make
