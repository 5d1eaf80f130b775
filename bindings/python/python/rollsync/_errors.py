"""The exceptions, one for each kind of error. What fails to read or write is an ``OSError`` with its ``errno``."""

from __future__ import annotations

from typing import Any


class Error(Exception):
    """Why a call has failed: the base of all exceptions of rollsync. An output path shows what it showed before."""

    #: The kind of the error, the same word in every binding.
    kind = "internal"

    def __init__(self, message: str, *, offset: int | None = None, path: Any = None) -> None:
        super().__init__(message)
        #: Where in the file at fault, in bytes, or ``None``.
        self.offset = offset
        #: The path of the file at fault, or ``None``.
        self.path = path


class InputEndedError(Error, EOFError):
    """An input ended before it was complete, or a basis before what is copied from it."""

    kind = "input_ended"


class BadMagicError(Error):
    """An input is not the kind of file that was expected."""

    kind = "bad_magic"


class CorruptError(Error):
    """An input is that kind of file, and broken."""

    kind = "corrupt"


class MismatchError(Error):
    """Delta, basis and new file do not belong together, as the delta's seal says; or there is no seal, and one was required."""

    kind = "mismatch"


class ParamError(Error, ValueError):
    """A parameter is out of range."""

    kind = "param"


class OutOfMemoryError(Error, MemoryError):
    """There is no memory."""

    kind = "memory"


class LimitError(Error):
    """A limit that the caller set is reached."""

    kind = "limit"

    def __init__(
        self,
        message: str,
        *,
        offset: int | None = None,
        path: Any = None,
        resource: str = "unknown",
        limit: int = 0,
        needed: int = 0,
    ) -> None:
        super().__init__(message, offset=offset, path=path)
        #: Which of the ``Limits``.
        self.resource = resource
        #: How much was allowed, in bytes, records or milliseconds.
        self.limit = limit
        #: How much it would have taken to go on.
        self.needed = needed


class CancelledError(Error):
    """A ``Cancel`` said so."""

    kind = "cancelled"


class UnsupportedError(Error):
    """An input asks for something that this version does not do."""

    kind = "unsupported"


class InternalError(Error):
    """A bug in rollsync."""

    kind = "internal"


# Where users find them.
for _class in (Error, *Error.__subclasses__()):
    _class.__module__ = "rollsync"
