"""Celery tasks and the folder watcher."""
