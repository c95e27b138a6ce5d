"""API: bursts and other groups, and the proposals for them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from aesplugin.catalog.filters import Kinds
from aesplugin.decision import Choice
from aesplugin.services.culling.candidate import Wish
from aesplugin.services.groups.frame import Group
from aesplugin.web.routes.common import ERRORS, AtDesk
from aesplugin.web.schemas import UserName, readable

router = APIRouter(prefix="/api/v1", tags=["groups"], responses=ERRORS)
_SCOPE = "a folder; the whole catalog if absent, refused with 409 if too large"
Scope = Annotated[str | None, Query(max_length=4096, description=_SCOPE)]


class GroupOut(BaseModel):
    group: str
    kind: str
    reason: str
    photos: list[str]
    copies: list[str] = Field(description="of the photos: near-duplicates from outside the burst")

    @classmethod
    def of(cls, group: Group) -> "GroupOut":
        """The group in the API's form."""
        return cls(
            group=group.id,
            kind=group.kind.value,
            reason=group.reason,
            photos=list(group.members),
            copies=list(group.copies),
        )


class ProposalOut(BaseModel):
    photo: str
    path: str
    choice: Choice = Field(description="none means: can't tell")
    reason: str
    group: str | None


class CullOut(BaseModel):
    """Proposals for photos without a decision; this changes nothing."""

    counts: dict[str, int]
    proposals: list[ProposalOut]
    notes: list[str]


@router.get("/groups")
def groups(
    desk: AtDesk,
    folder: Scope = None,
    limit: Annotated[int, Query(ge=0, le=5000)] = 500,
    offset: Annotated[int, Query(ge=0, le=10_000_000)] = 0,
) -> list[GroupOut]:
    """A window of the bursts, copies, brackets, panoramas and focus stacks, in order of time."""
    found = desk.culling.groups(folder or None)
    return [GroupOut.of(one) for one in found[offset : offset + limit]]


@router.get("/groups/{group}")
def one_group(
    desk: AtDesk, group: Annotated[str, Path(max_length=100)], folder: Scope = None
) -> GroupOut:
    """One group of those found in the same folder."""
    return GroupOut.of(desk.culling.group(group, folder or None))


@router.get("/cull")
def proposals(  # noqa: PLR0913 - one parameter per question
    desk: AtDesk,
    user: UserName = "me",
    folder: Scope = None,
    strictness: Annotated[float, Query(ge=0, le=1)] = 0.5,
    keep: Annotated[int | None, Query(ge=1, le=1_000_000)] = None,
    kind: Kinds = Kinds.ALL,
    limit: Annotated[int, Query(ge=0, le=5000)] = 500,
) -> CullOut:
    """Proposals for a folder at a strictness."""
    wish = Wish(strictness=strictness, keep=keep)
    found = desk.culling.proposals(user, wish, scope=folder or None, kinds=kind)
    return CullOut(
        counts={choice.value: number for choice, number in found.culling.counts().items()},
        proposals=[
            ProposalOut(
                photo=p.content_hash,
                path=readable(found.paths.get(p.content_hash, "")),
                choice=p.choice,
                reason=p.reason,
                group=p.group,
            )
            for p in found.culling.proposals[:limit]
        ],
        notes=[*found.culling.notes, *found.grouping.notes],
    )
