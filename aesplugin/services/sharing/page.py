"""The client's page: HTML with its script and style in it, and a policy that forbids any network.

What the browser may run is named by its hash, so nothing within a file name can become a script.
"""

import base64
import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache, cached_property

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from aesplugin.printable import printable
from aesplugin.services.sharing.photos import SharedPhoto

FORMAT = "aesplugin-choices/1"
MOST_TITLE = 200  # characters
_PHOTOS = "<!-- photos -->"  # stands in the template where their rows go


@dataclass(frozen=True)
class Page:
    """One gallery's page in three parts: `head`, a `row` a photo, `foot`.

    Pictures are in the page itself where `is_whole`, else in folders beside it.
    """

    title: str
    is_whole: bool
    scores: bool = False
    share: str = field(default_factory=lambda: secrets.token_hex(16))
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC).astimezone())

    @property
    def head(self) -> bytes:
        """What stands before the photos."""
        return self._ends[0]

    @property
    def foot(self) -> bytes:
        """What stands after them."""
        return self._ends[1]

    def row(
        self, number: int, photo: SharedPhoto, *, small: str, data: str = "", address: str = ""
    ) -> bytes:
        """A photo: the small picture's address, and the large one's data in Base64 or address."""
        row = _environment().get_template("photo.html")
        score = photo.score if self.scores else None
        return _encoded(
            row.render(
                number=number, photo=photo, score=score, small=small, data=data, address=address
            )
        )

    @cached_property
    def _ends(self) -> tuple[bytes, bytes]:
        style, script = _source("gallery.css"), _source("gallery.js")
        pictures = "data:" if self.is_whole else "'self' file:"
        policy = (
            f"default-src 'none'; img-src {pictures}; style-src '{_hash(style)}';"
            f" script-src '{_hash(script)}'; base-uri 'none'; form-action 'none'"
        )
        html = _environment().get_template("gallery.html").render(
            page=self, title=printable(self.title), policy=policy, style=style, script=script,
            format=FORMAT,
        )  # fmt: skip
        head, _, foot = html.partition(_PHOTOS)
        return _encoded(head), _encoded(foot)


def _encoded(html: str) -> bytes:
    return html.encode("utf-8", "backslashreplace")


def _hash(text: str) -> str:
    digest = hashlib.sha256(text.encode("utf-8")).digest()
    return f"sha256-{base64.b64encode(digest).decode('ascii')}"


@cache
def _source(name: str) -> str:
    loader, environment = _environment().loader, _environment()
    assert loader is not None
    text: str = loader.get_source(environment, name)[0]
    return text


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("aesplugin.services", "templates/share"),
        autoescape=select_autoescape(),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
