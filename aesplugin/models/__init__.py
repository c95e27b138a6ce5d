"""Networks that look at a photo."""
