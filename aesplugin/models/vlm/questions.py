"""The questions of `aesplugin.models.prompts`, worded for a model that was not trained on them."""

from aesplugin.models.directions import DIRECTIONS
from aesplugin.models.prompts import COMMENT_QUESTION, LEVEL_QUESTION, SUGGEST_QUESTION

REVISION = "q1"  # part of a model's revision: raise it when a wording or the parsing changes

LEVEL_OPENING = "The aesthetic quality of this photo is"
NOTHING = "none"

_FORMS = "; ".join(
    f"{flaw.value.replace('_', ' ')}: {' or '.join(ways)}" for flaw, ways in DIRECTIONS.items()
)

RATE = LEVEL_QUESTION
COMMENT = f"{COMMENT_QUESTION} Answer in two to four sentences about this very photo."
SUGGEST = (
    f"{SUGGEST_QUESTION} Name at most three flaws that are plainly visible, the worst first, one "
    "a line, as: flaw, direction, strength: advice in one sentence. The flaws and their "
    f"directions are {_FORMS}. The strength is slightly, clearly or strongly. "
    f"Where nothing needs improving, answer only: {NOTHING}."
)
