from aesplugin.evaluation.benchmarks.answers import made_renditions, time_answers
from aesplugin.models.fake import FakeModel


def test_every_way_to_answer_is_timed_on_the_same_batch() -> None:
    renditions = made_renditions(3)
    assert len({one.content_hash for one in renditions}) == 3
    asked: list[int] = []

    class Counting(FakeModel):
        def assess(self, renditions):  # type: ignore[no-untyped-def]
            asked.append(len(renditions))
            return super().assess(renditions)

    times = time_answers(Counting(), Counting(), renditions, times=2)
    assert [one.what for one in times] == [
        "score and suggestions, no comment",
        "score, suggestions, comment",
    ]
    assert asked == [3] * 6  # two ways, each once to warm up and twice by the clock
    assert all(one.seconds > 0 for one in times)


def test_a_model_of_several_read_outs_is_asked_for_them() -> None:
    class Reading(FakeModel):
        def look(self, images):  # type: ignore[no-untyped-def]
            return images

        def scores(self, look):  # type: ignore[no-untyped-def]
            return {"regression": [5.0] * len(look)}

    times = time_answers(FakeModel(), Reading(), made_renditions(2), times=1)
    assert "score by all read-outs" in [one.what for one in times]
