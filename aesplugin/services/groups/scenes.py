"""Scenes: what was photographed in one go.

Rule: a scene ends where nobody pressed the shutter for longer than a given pause (all cameras
together). Photos without a time stand with the most similar timed photo if they look alike,
else in scenes of their own.
"""

from collections.abc import Sequence
from datetime import timedelta

from aesplugin.services.groups.frame import Frame


def split_by_pauses(frames: Sequence[Frame], pause: timedelta) -> list[list[int]]:
    """Positions of the timed frames, scene by scene in order of time; ties by position."""
    timed = [(frame.time, index) for index, frame in enumerate(frames) if frame.time is not None]
    timed.sort()
    scenes: list[list[int]] = []
    last = None
    for time, index in timed:
        if last is None or time - last > pause:
            scenes.append([])
        scenes[-1].append(index)
        last = time
    return scenes
