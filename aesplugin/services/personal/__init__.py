"""People's ratings, their taste, and the ranking by it."""
