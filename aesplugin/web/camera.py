"""What the camera wrote down, in a photographer's words; never the place."""

from aesplugin.photo import Exif


def camera_facts(exif: Exif) -> list[tuple[str, str]]:
    """(name, value) of what is known, in the order one asks for it."""
    facts = [
        ("taken", exif.taken_at.strftime("%Y-%m-%d %H:%M:%S") if exif.taken_at else None),
        ("camera", " ".join(part for part in (_maker(exif), exif.model) if part)),
        ("lens", exif.lens),
        ("focal length", _focal_length(exif)),
        ("aperture", f"f/{exif.f_number:g}" if exif.f_number else None),
        ("exposure", _exposure(exif)),
        ("ISO", None if exif.iso is None else str(exif.iso)),
        ("flash", None if exif.flash_fired is None else "fired" if exif.flash_fired else "no"),
        ("rating in the file", None if exif.rating is None else str(exif.rating)),
        ("serial", exif.serial),
    ]
    return [(name, value) for name, value in facts if value]


def _maker(exif: Exif) -> str | None:
    """Most cameras repeat it in the model's name."""
    make, model = exif.make or "", exif.model or ""
    return None if model.lower().startswith(make.lower().partition(" ")[0]) else make


def _focal_length(exif: Exif) -> str | None:
    if not exif.focal_length:
        return None
    alike = f", like {exif.focal_length_35mm:g} mm" if exif.focal_length_35mm else ""
    return f"{exif.focal_length:g} mm{alike}"


def _exposure(exif: Exif) -> str | None:
    parts = [seconds(exif.exposure_time)] if exif.exposure_time else []
    parts += [f"{exif.exposure_bias:+.1f} EV"] if exif.exposure_bias else []
    parts += [exif.exposure_mode] if exif.exposure_mode else []
    return ", ".join(parts)


def seconds(time: float) -> str:
    """As cameras show it: 1/250 s, 2.5 s."""
    if 0 < time < 0.4:
        return f"1/{round(1 / time)} s"
    return f"{time:g} s"
