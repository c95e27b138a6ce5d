"""Small pictures of numbers as SVG coordinates; the strict policy allows no inline styles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from aesplugin.assessment import Attribute, Verdict

WIDTH, HEIGHT = 256, 72
# The span of each unit that a bar shows; what lies outside is drawn at its end.
_SPANS = {
    "EV": (-3.0, 3.0),
    "%": (0.0, 100.0),
    "degrees": (-10.0, 10.0),
    "levels": (0.0, 5.0),
    "px": (0.0, 400.0),
    "": (0.0, 100.0),
}
_OTHER_SPAN = (0.0, 100.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One attribute: the filled part from `start` over `width`, of 100; no part, no value."""

    name: str
    text: str
    verdict: Verdict
    start: float = 0.0
    width: float = 0.0


def bars(attributes: Mapping[str, Attribute]) -> list[Bar]:
    """A bar per attribute; a unit with a negative side fills from its middle."""
    return [_bar(name, attribute) for name, attribute in attributes.items()]


def _bar(name: str, attribute: Attribute) -> Bar:
    if attribute.value is None:
        return Bar(name=name, text="-", verdict=attribute.verdict)
    value, unit = attribute.value, attribute.unit
    low, high = _SPANS.get(unit, _OTHER_SPAN)
    if unit not in _SPANS and 0 <= value <= 1:
        high = 1.0
    zero = 100 * (max(low, 0.0) - low) / (high - low)
    at = 100 * (min(high, max(low, value)) - low) / (high - low)
    text = _signed(value) if low < 0 else f"{value:.3g}" if value >= 0.01 else "0"
    return Bar(
        name=name,
        text=f"{text}°" if unit == "degrees" else f"{text} {unit}".strip(),
        verdict=attribute.verdict,
        start=round(min(zero, at), 1),
        width=round(max(abs(at - zero), 1.0), 1),
    )


def _signed(value: float) -> str:
    """One place, with its sign where it is not zero."""
    rounded = round(value, 1)
    return f"{rounded:+.1f}" if rounded else "0.0"


def histogram_paths(shares: Mapping[str, Sequence[float]]) -> dict[str, str]:
    """An SVG path per channel in a box of `WIDTH` x `HEIGHT`."""
    return {name: _path(values) for name, values in shares.items()}


def _path(values: Sequence[float]) -> str:
    step = WIDTH / max(1, len(values) - 1)
    points = " ".join(
        f"L{i * step:.1f} {HEIGHT - share * (HEIGHT - 2):.1f}" for i, share in enumerate(values)
    )
    return f"M0 {HEIGHT} {points} L{WIDTH} {HEIGHT} Z"
