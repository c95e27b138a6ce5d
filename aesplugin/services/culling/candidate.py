"""What culling needs to know about a photo, and the person's request."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from aesplugin.assessment import Attribute
from aesplugin.decision import Choice, Proposal
from aesplugin.face import Face
from aesplugin.services.groups.frame import Group


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A photo that may be kept.

    `value` is the score it is ranked by (1..10: the general one, or the user's personal one),
    None where no model answered. `decided` is the person's decision. `faces` is None where faces
    were not read.
    """

    key: str  # content hash
    name: str  # for reasons: the file's name
    value: float | None
    attributes: Mapping[str, Attribute] = field(default_factory=dict)
    group: Group | None = None
    scene: int = 0
    decided: Choice | None = None
    faces: tuple[Face, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """The person's request.

    Attributes:
        keep: exactly that many keepers where the photos allow it; None: as many as deserve it.
        strictness: 0..1, how small a difference is enough to propose a rejection.
        share: 0..1, of the photos to keep where no number is given; None: as the strictness says.
            The best of each group is kept beyond that.
        per_group: keepers of one burst or set of copies, at most.
    """

    keep: int | None = None
    strictness: float = 0.5
    share: float | None = None
    per_group: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Culling:
    """Proposals for the undecided photos, in the order given; `notes` one line each."""

    proposals: tuple[Proposal, ...]
    notes: tuple[str, ...] = ()

    def counts(self) -> dict[Choice, int]:
        """How many are proposed as pick, reject, can't tell (`Choice.NONE`)."""
        counts = dict.fromkeys((Choice.PICK, Choice.REJECT, Choice.NONE), 0)
        for proposal in self.proposals:
            counts[proposal.choice] += 1
        return counts
