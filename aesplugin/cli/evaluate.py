"""aesplugin evaluate: how good and how quick the model is, measured here."""

from pathlib import Path
from typing import Annotated

import typer

from aesplugin.cli import options
from aesplugin.cli.console import counting, out, print_json, say

app = typer.Typer(help="Measure the model on labelled photos, and its speed.", no_args_is_help=True)


@app.command("oasis")
def oasis(
    *,
    root: options.Root,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Agreement with people's beauty ratings, on photos and themes the judge never saw.

    Example: aesplugin evaluate oasis --root oasis
    """
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.oasis import evaluate_oasis
    from aesplugin.settings import load_settings

    workshop = Workshop(load_settings(model=model, device=device))
    with counting("scoring") as progress:
        report = evaluate_oasis(root, workshop.load_model(), progress=progress)
    if json:
        headline = report.unseen or report.shipped
        name = f"{workshop.card.name}@{workshop.card.revision}"
        print_json(asdict(headline) | {"model": name} | asdict(report))
    else:
        out.print(report.table(), markup=False)


@app.command("degraded")
def degraded(
    photos: Annotated[list[Path], typer.Argument(metavar="DIR...", help="Folders of good photos.")],
    *,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """How often a photo outscores its flawed copy: 14 flaws, three strengths, code apart.

    Example: aesplugin evaluate degraded debian_wallpapers budgie_cc0
    """
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.degraded import measure_degraded, photos_in
    from aesplugin.settings import load_settings

    chosen = photos_in(photos)
    workshop = Workshop(load_settings(model=model, device=device))
    with counting("contests") as progress:
        report = measure_degraded(workshop.load_model(), chosen, progress=progress)
    if json:
        print_json(asdict(report))
    else:
        out.print(report.table(), markup=False)


@app.command("speed")
def speed(
    *,
    photos: Annotated[
        Path | None, typer.Option("--photos", metavar="DIR", help="Your photos, not made-up ones.")
    ] = None,
    count: Annotated[int, typer.Option("--count", min=1, help="How many 12 MP photos.")] = 200,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """Time the whole job on 12 MP JPEGs: photos a second, where the time goes, peak memory.

    Example: aesplugin evaluate speed --count 200
    """
    import tempfile
    from dataclasses import asdict

    from aesplugin.compose import TimedWorkshop
    from aesplugin.evaluation.speed import make_photos
    from aesplugin.samples import sample_photos
    from aesplugin.settings import load_settings

    with tempfile.TemporaryDirectory() as work:
        folder = photos or Path(work) / "photos"
        if photos is None:
            say(f"making {count} photos of 12 MP…")
            make_photos(folder, sample_photos(), count=count)
        settings = load_settings(
            catalog=str(Path(work) / "catalog.sqlite3"),
            cache=Path(work) / "cache",
            model=model,
            device=device,
        )
        report = TimedWorkshop(settings).time_scoring([str(folder)])
    if json:
        print_json(asdict(report) | {"photos_per_second": report.photos_per_second})
        return
    out.print(f"{report.photos_per_second:.2f} photos/s over {report.photos} photos")
    for name, value in asdict(report).items():
        out.print(f"  {name:20} {value:9.1f}")


@app.command("catalog")
def catalog_size(
    *,
    photos: Annotated[int, typer.Option("--photos", min=1, help="How many rows.")] = 100_000,
    json: options.Json = False,
) -> None:
    """Time a large catalog: ranking, and scanning a tree in which nothing changed.

    Example: aesplugin evaluate catalog --photos 100000
    """
    import tempfile
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.benchmarks.catalog import measure_catalog
    from aesplugin.settings import load_settings

    with tempfile.TemporaryDirectory() as work:
        workshop = Workshop(load_settings(catalog=str(Path(work) / "catalog.sqlite3")))

        def rescan(_: object, folder: str) -> int:
            return len(workshop.score_run().plan([folder]).todo)

        report = measure_catalog(Path(work), photos=photos, card=workshop.card, rescan=rescan)
    if json:
        print_json(asdict(report))
        return
    for name, value in asdict(report).items():
        out.print(f"{name:16} {value:10.3f}")


@app.command("page")
def page_latency(
    *,
    photos: Annotated[int, typer.Option("--photos", min=1, help="How many rows.")] = 100_000,
    requests: Annotated[int, typer.Option("--requests", min=1, help="Of each kind.")] = 60,
    json: options.Json = False,
) -> None:
    """Time the review page over a large catalog, in milliseconds at the server.

    Example: aesplugin evaluate page --photos 100000
    """
    import tempfile
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.benchmarks.page import fill, measure_page
    from aesplugin.settings import load_settings
    from aesplugin.web.probe import probed

    with tempfile.TemporaryDirectory() as work:
        settings = load_settings(
            catalog=str(Path(work) / "c.sqlite3"), model="fake", cache=Path(work)
        )
        workshop = Workshop(settings)
        fill(workshop.catalog, workshop.card, photos=photos)
        with probed(workshop) as ask:
            times = measure_page(ask, photos=photos, requests=requests)
    if json:
        print_json([asdict(one) for one in times])
        return
    for one in times:
        out.print(
            f"{one.what:26} median {one.median_ms:7.1f} ms  95 % {one.p95_ms:7.1f} ms"
            f"  worst {one.worst_ms:7.1f} ms"
        )


@app.command("queue")
def queue(
    *,
    workers: Annotated[
        list[int] | None, typer.Option("--workers", min=1, help="Repeat for several runs.")
    ] = None,
    photos: Annotated[int, typer.Option("--photos", min=1, help="Photos a worker.")] = 200,
    cost: Annotated[float, typer.Option("--cost", min=0, help="Seconds a photo.")] = 0.05,
    broker: options.Broker = None,
    json: options.Json = False,
) -> None:
    """Time the queue with a model of fixed cost; needs a Redis that nothing else uses.

    Example: aesplugin evaluate queue --workers 1 --workers 2 --broker redis://127.0.0.1:6379/0
    """
    from dataclasses import asdict

    from aesplugin.errors import UsageError
    from aesplugin.evaluation.benchmarks.queue import measure
    from aesplugin.settings import load_settings

    url = load_settings(broker=broker).broker
    if not url:
        raise UsageError("name a Redis: --broker redis://host:6379/0, or the setting `broker`")
    if not json:
        out.print("workers  photos  seconds  photos/s  overhead ms/photo  broker MiB")
    for count in workers or [1, 2, 4, 8]:
        run = measure(url, workers=count, photos=photos * count, cost=cost)
        if json:
            print_json(asdict(run))
        else:
            out.print(
                f"{run.workers:7} {run.photos:7} {run.seconds:8.1f} {run.photos_per_second:9.1f}"
                f" {run.overhead_ms:18.1f} {run.broker_mb:11.1f}"
            )


@app.command("personal")
def personal(
    *,
    root: options.Root,
    json: options.Json = False,
    model: options.Model = None,
    device: options.Device = None,
) -> None:
    """How well one person's ratings are foretold from 0 to 100 of them (OASIS layout).

    Example: aesplugin evaluate personal --root oasis
    """
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.panel_seen import see_panel
    from aesplugin.evaluation.personal import measure_personal
    from aesplugin.models.personal.panel import read_panel
    from aesplugin.settings import load_settings

    panel = read_panel(root)
    workshop = Workshop(load_settings(model=model, device=device))
    report = measure_personal(panel, see_panel(workshop.load_model(), panel))
    if json:
        print_json(asdict(report))
        return
    say(report.note)
    for name, shots in {"personal": report.shots, **report.baselines}.items():
        for shot in shots:
            out.print(
                f"{name:18} k {shot.k:3}  SRCC {shot.srcc:.3f} ({shot.low:.3f}..{shot.high:.3f})"
                f"  lift@10% {shot.lift10:.2f}  {shot.users} people"
            )


@app.command("groups")
def groups(
    *,
    root: options.Root,
    apart: Annotated[
        list[str] | None,
        typer.Option("--apart", metavar="A:B", help="Two neighbours that show two views."),
    ] = None,
    json: options.Json = False,
    model: options.Model = None,
) -> None:
    """How well bursts are found: pairs of frames against the rule of docs/cull.md.

    Example: aesplugin evaluate groups --root photos
    """
    import tempfile
    from dataclasses import asdict

    from aesplugin.compose import Workshop
    from aesplugin.evaluation.groups import agreement_of_pairs, by_time
    from aesplugin.imaging.sketch import read_sketch
    from aesplugin.services.group import group, read_shoot
    from aesplugin.services.groups.frame import GroupKind
    from aesplugin.settings import load_settings

    with tempfile.TemporaryDirectory() as work:
        workshop = Workshop(
            load_settings(
                catalog=str(Path(work) / "catalog.sqlite3"), cache=Path(work), model=model
            )
        )
        run = workshop.score_run()
        for _ in run.run(run.plan([str(root.absolute())])):
            pass
        shoot = read_shoot(workshop.catalog, workshop.card.revision)
        found = group(shoot, lambda key: read_sketch(workshop.thumbnails.path(key)))
        names = {frame.key: Path(frame.path).name for frame in shoot.frames}
        times = {names[f.key]: (str(f.camera), f.time) for f in shoot.frames if f.time}
        report = agreement_of_pairs(
            [[names[k] for k in g.members] for g in found.groups if g.kind is GroupKind.BURST],
            by_time(times, {frozenset(pair.split(":")) for pair in apart or ()}),
            frames=len(times),
        )
    if json:
        print_json(asdict(report))
    else:
        out.print(
            f"{report.frames} frames, {report.true} true pairs, {report.found} found: precision"
            f" {report.precision:.3f}, recall {report.recall:.3f}, F1 {report.f1:.3f}"
        )
