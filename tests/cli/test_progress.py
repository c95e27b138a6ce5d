"""The bar of a terminal tells the time left by the rule that the page has."""

from rich.progress import Progress

from aesplugin.cli.progress import Rate
from aesplugin.services.pace import Pace
from tests.services.test_pace import Clock


def test_it_tells_rate_and_time_left_once_there_is_enough_to_tell() -> None:
    clock = Clock()
    column = Rate(Pace(500, clock=clock))
    progress = Progress(column)
    progress.add_task("scoring", total=1220, completed=500)
    (task,) = progress.tasks
    said = []
    for done in range(500, 1221, 8):
        clock.now += 4
        progress.update(task.id, completed=done)
        said.append(column.render(task).plain)
    assert said[:2] == ["", ""]
    assert said[5] == "2.0 photos/s, about 6 min left"
    assert said[-1] == ""
