"""A labelled photo and what the model said of it."""

from dataclasses import dataclass

from aesplugin.assessment import Flaw, Suggestion
from aesplugin.evaluation.real.labels import CLEAR, Label
from aesplugin.models.base import Answer


@dataclass(frozen=True, slots=True)
class Viewed:
    """One photo: the label, and the answer as the plug-in shows it."""

    label: Label
    answer: Answer

    @property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """The advice shown, strongest first."""
        return self.answer.suggestions or ()

    @property
    def clear(self) -> frozenset[Flaw]:
        """The flaws that most careful photographers would want changed."""
        return frozenset(flaw for flaw, grade in self.label.flaws.items() if grade == CLEAR)

    def shows(self, flaw: Flaw) -> bool:
        """Whether advice against the flaw is shown."""
        return any(one.flaw is flaw for one in self.suggestions)
