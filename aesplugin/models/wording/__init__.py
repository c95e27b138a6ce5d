"""The words of questions, scores and advice, the same for every model."""
