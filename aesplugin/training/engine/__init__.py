"""What every training runs on: its configuration, its loop, its checkpoints."""
