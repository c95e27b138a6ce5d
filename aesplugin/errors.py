"""Every error the plug-in raises, and the exit code each one ends a command with.

::

    AesError                      3   anything we can explain but not repair
    ├── UsageError                2   a wrong argument or a wrong combination
    ├── SettingsError             2   a setting that cannot be used
    ├── PhotoError                1   one file has no score; the others go on
    │   ├── MissingPhoto              it is not there (or vanished while read)
    │   ├── UnreadablePhoto           permission, directory, device, socket
    │   ├── EmptyPhoto                zero bytes
    │   ├── UnsupportedPhoto          not an image, or a format we cannot decode
    │   ├── DamagedPhoto              an image whose data cannot be decoded
    │   ├── OversizedPhoto            more pixels than the limit
    │   └── StuckPhoto                decoding exceeded its time or memory limit
    ├── CatalogError              4   the catalog cannot be opened or written
    │   ├── NetworkDriveRefused       SQLite on a network file system
    │   ├── CatalogTooNew             written by a newer release
    │   ├── UnknownPhoto              a photo that is not in it
    │   └── CatalogDamaged            not a catalog of ours, or corrupt
    ├── ModelError                5   the model cannot answer
    │   ├── WeightsMissing            not downloaded, and cannot be fetched
    │   ├── WeightsDamaged            wrong hash, truncated, foreign, mismatched
    │   ├── OutOfMemory               does not fit; a smaller batch may
    │   └── ModelAway                 its server does not answer now; no photo's fault, it will pass
    ├── QueueError                6   the broker cannot be reached or refuses
    ├── DataError                 7   a data set or ratings file is not as documented
    │   └── NoPhotos                  none of a kind is there, or none is prepared
    ├── SidecarError              8   a sidecar is damaged or changed under us
    └── LibraryError              9   another program's library cannot be reached or refuses

A message is one line that names the thing and the way out.
"""

from typing import ClassVar


class AesError(Exception):
    """Base of all errors; ``str(error)`` is the one line shown to the user."""

    exit_code: ClassVar[int] = 3


class UsageError(AesError):
    exit_code = 2


class SettingsError(AesError):
    exit_code = 2


class PhotoError(AesError):
    """One photo ended in the named state `state` (a `PhotoState` value) and has no score."""

    exit_code = 1
    state: ClassVar[str] = "damaged"


class MissingPhoto(PhotoError):
    state = "missing"


class UnreadablePhoto(PhotoError):
    state = "unreadable"


class EmptyPhoto(PhotoError):
    state = "empty"


class UnsupportedPhoto(PhotoError):
    state = "unsupported"


class DamagedPhoto(PhotoError):
    state = "damaged"


class OversizedPhoto(PhotoError):
    state = "oversized"


class StuckPhoto(PhotoError):
    state = "stuck"


class CatalogError(AesError):
    exit_code = 4


class NetworkDriveRefused(CatalogError):
    pass


class CatalogTooNew(CatalogError):
    pass


class UnknownPhoto(CatalogError):
    pass


class CatalogDamaged(CatalogError):
    pass


class ModelError(AesError):
    exit_code = 5


class WeightsMissing(ModelError):
    pass


class WeightsDamaged(ModelError):
    pass


class OutOfMemory(ModelError):
    pass


class ModelAway(ModelError):
    pass


class QueueError(AesError):
    exit_code = 6


class DataError(AesError):
    exit_code = 7


class NoPhotos(DataError):
    pass


class SidecarError(AesError):
    exit_code = 8


class LibraryError(AesError):
    exit_code = 9
