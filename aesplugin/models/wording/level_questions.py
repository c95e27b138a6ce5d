"""Ways to ask for a level word: a question, and the beginning of its answer."""

from typing import Final

from aesplugin.models.vlm.dialogue import LEVEL_OPENING, RATE

_PLAIN: Final = (RATE, LEVEL_OPENING)
Q_REALIGN: Final = (  # what Q-ReAlign was trained with; its stem chooses the task
    "How would you rate the aesthetics of this image?",
    "The aesthetics of the image is",
)
WORDINGS: Final = {
    "plain": (_PLAIN,),
    "q-realign": (Q_REALIGN,),
    "both": (_PLAIN, Q_REALIGN),  # averaging two halves the wording's noise
}
NUMBER_QUESTION: Final = (
    f"{RATE} Answer only with a number from 1 (very bad) to 10 (excellent), with one decimal."
)
REVISION: Final = "w1"  # part of a model's revision: raise it when one of these changes
