"""API: other programs report a new photo."""

import os

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from aesplugin.errors import UsageError
from aesplugin.libraries.base import PrefixMap
from aesplugin.libraries.immich import ImmichLibrary
from aesplugin.web.routes.common import ERRORS, AtDesk

router = APIRouter(prefix="/api/v1/hooks", tags=["hooks"], responses=ERRORS)


class ImmichHook(BaseModel):
    """A new asset, by its path in the container or by its id."""

    model_config = ConfigDict(extra="ignore")
    path: str | None = Field(None, max_length=4096)
    assetId: str | None = Field(None, max_length=64)  # noqa: N815 - Immich's own spelling


class HookOut(BaseModel):
    job: int


@router.post("/immich", status_code=202)
def immich(desk: AtDesk, event: ImmichHook) -> HookOut:
    """Scores the file, if it is in a folder of the catalog or named with `--root`."""
    prefixes = PrefixMap(_pairs(os.environ.get("AES_IMMICH_PREFIX", "")))
    if event.path:
        path = prefixes.here(event.path)
    elif event.assetId:
        server = os.environ.get("AES_IMMICH_URL", "")
        path = ImmichLibrary.connect(server, prefixes=prefixes).path_of(event.assetId)
    else:
        raise UsageError("name the new photo by `path` or `assetId`")
    return HookOut(job=desk.score([desk.folders.checked(path)]).id)


def _pairs(text: str) -> list[tuple[str, str]]:
    """``HERE=THERE;HERE=THERE``."""
    split = (part.partition("=") for part in text.split(";"))
    return [(here, there) for here, separator, there in split if separator and here and there]
