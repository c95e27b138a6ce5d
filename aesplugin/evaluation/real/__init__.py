"""Real photos that somebody labelled: score, advice, content and comment against labels."""
