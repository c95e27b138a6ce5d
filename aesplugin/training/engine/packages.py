"""The packages that only a training needs."""

from importlib.util import find_spec

from aesplugin.errors import UsageError

PACKAGES = ("accelerate", "matplotlib")


def require(*packages: str) -> None:
    """Says at the start, not after hours, what is not installed.

    Raises:
        UsageError: a package is absent.
    """
    absent = [name for name in packages or PACKAGES if find_spec(name) is None]
    if absent:
        raise UsageError(f"training needs {' and '.join(absent)}: pip install 'aesplugin[train]'")
