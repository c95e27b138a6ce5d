"""API: the folders that may be scored, to choose one."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from aesplugin.web.folders import MOST_FOLDERS, MOST_PHOTOS
from aesplugin.web.routes.common import ERRORS, AtDesk, Told

router = APIRouter(prefix="/api/v1", tags=["jobs"], responses=ERRORS)


class FolderOut(BaseModel):
    """A folder, as far as it was looked into."""

    name: str
    path: str
    photos: int | None = Field(
        description=f"directly in it, counted up to {MOST_PHOTOS}; null where nobody counted"
    )
    has_folders: bool | None = Field(description="null where nobody looked")
    problem: str | None = Field(description="why it cannot be opened")


class FoldersOut(BaseModel):
    here: FolderOut | None = Field(description="null for the list of folders to start from")
    trail: list[FolderOut] = Field(description="from the folder to start from to this one")
    folders: list[FolderOut] = Field(description=f"in it, by name; at most {MOST_FOLDERS}")
    left_off: int = Field(description="how many more there are")


@router.get("/folders")
def folders(
    desk: AtDesk,
    told: Told,
    path: Annotated[
        str | None, Query(description="absolute; without it, the folders to start from")
    ] = None,
) -> FoldersOut:
    """The folders in one that may be scored; hidden and system folders are left out."""
    found = FoldersOut.model_validate(asdict(desk.folders.open(path)))
    for folder in found.folders:
        folder.problem = folder.problem and told.phrase(folder.problem)
    return found
