"""A package of somebody else's, installed in a folder: one module, and the names it brings."""

from pathlib import Path


def installed(site: Path, name: str, source: str, **entry_points: str) -> Path:
    """The package in `site`, which must still be put on the path.

    `entry_points` is what it says for each kind: ``models="mine = brought:Mine"``.
    """
    info = site / f"{name}-1.dist-info"
    info.mkdir(parents=True)
    (site / f"{name}.py").write_text(source)
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
    lines = [f"[aesplugin.{kind}]\n{line}\n" for kind, line in entry_points.items()]
    (info / "entry_points.txt").write_text("".join(lines))
    return site
