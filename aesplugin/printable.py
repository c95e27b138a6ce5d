"""Texts of others, such as file names, shown so that they cannot mislead."""


def printable(text: str) -> str:
    """`text` with line breaks, control characters and undecodable bytes shown as escapes.

    Signs that turn the direction of writing are among them: `gpj.exe` must not look like a photo.
    """
    plain = text.encode("utf-8", "backslashreplace").decode("utf-8")
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in plain)
