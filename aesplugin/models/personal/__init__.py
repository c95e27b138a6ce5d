"""One person's taste, learnt from what they rated: a prior over tastes and an in-context model."""
