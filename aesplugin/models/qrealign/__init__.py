"""Q-ReAlign: image-text models trained to rate photos by level words."""
