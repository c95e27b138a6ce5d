"""Real photos that somebody looked at: score, advice, content and comment against labels."""
