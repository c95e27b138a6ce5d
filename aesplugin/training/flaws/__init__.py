"""Known flaws made on clean photos, by level, and the words for them."""
