"""From a file to a stored score, in one process or through the queue."""
