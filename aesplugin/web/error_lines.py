"""The page's message for any error, expected or not: always one line, never a traceback."""

from aesplugin.errors import AesError


def error_line(error: Exception) -> str:
    """One line that names the cause; for an unexpected error, where to find more."""
    if isinstance(error, AesError):
        return str(error)
    if isinstance(error, OSError) and error.filename is not None:
        return f"{error.filename}: {error.strerror}"
    line = " ".join(f"{type(error).__name__}: {error}".split())
    return f"internal error: {line}; the terminal of `aesplugin serve` says where"
