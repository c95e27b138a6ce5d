"""Files beside an original that other photo programs read: merged in place, never regenerated."""
