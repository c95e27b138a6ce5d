"""What the page says of an error, foreseen or not: always one line, never a traceback."""

from aesplugin.errors import AesError


def told(error: Exception) -> str:
    """One line that names the thing; of what nobody foresaw, where to read on."""
    if isinstance(error, AesError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    said = " ".join(f"{type(error).__name__}: {error}".split())
    return f"internal error: {said}; the terminal of `aesplugin serve` says where"
