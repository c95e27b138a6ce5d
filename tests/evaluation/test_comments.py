from aesplugin.assessment import Flaw
from aesplugin.evaluation.comments import claims, measure_comments

_DARK = "A decent photo of a dog. However, it is clearly too dark."
_NOISY = "A dog. It is badly grainy; the ISO was high."
_FINE = "A lovely take on a dog. The colours look natural."


def test_claims_are_read() -> None:
    assert claims(_DARK) == {Flaw.UNDEREXPOSED}
    assert claims(_NOISY) == {Flaw.NOISE}
    assert claims(_FINE) == set()
    assert claims("It is blurred by movement.") == {Flaw.MOTION_BLUR}


def test_truth_beats_the_control() -> None:
    report = measure_comments([_DARK, _NOISY, _FINE], [Flaw.UNDEREXPOSED, Flaw.NOISE, None])
    assert (report.true, report.control, report.clean_accused) == (1.0, 0.0, 0.0)
    assert report.distinct == 1.0 and report.sentences == 1.0
    blind = measure_comments([_DARK] * 3, [Flaw.UNDEREXPOSED, Flaw.NOISE, None])
    assert blind.true == blind.control == 0.5
    assert blind.clean_accused == 1.0
