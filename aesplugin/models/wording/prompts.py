"""The questions every model is asked, and how CALM's language model is addressed."""

from collections.abc import Sequence

REVISION = "p4"  # part of a model's revision: raise it when a wording, or how it is asked, changes

SCORE_QUESTION = "Can you give me the aesthetic score?"
LEVEL_QUESTION = "How would you rate the aesthetic quality of this photo?"
COMMENT_QUESTION = "What works in this photo, and what does not?"
SUGGEST_QUESTION = "How could this photo be improved?"
CUE_QUESTION = "What was done to this photo?"
CONTENT_QUESTION = "What does this photo show?"

CHATML = "<|im_start|>user\n{question}<|im_end|>\n<|im_start|>assistant\n"
CHATML_END = "<|im_end|>"


def ask(question: str, notes: Sequence[str] = (), template: str = CHATML) -> str:
    """One instruction; `notes` are facts the model's own heads found, in words."""
    prefix = f"Notes: {'; '.join(notes)}. " if notes else ""
    return template.format(question=prefix + question)
