from os import PathLike
from typing import Callable, Literal, Protocol, final, overload

from typing_extensions import Buffer, TypeAlias

class _Reader(Protocol):
    def read(self, size: int, /) -> bytes | bytearray | None: ...

class _Writer(Protocol):
    def write(self, data: bytes, /) -> int | None: ...

_Path: TypeAlias = str | PathLike[str]
_Source: TypeAlias = Buffer | _Path | _Reader
_Target: TypeAlias = _Path | _Writer
_Format: TypeAlias = Literal["rk-blake2", "rk-md4", "rollsum-blake2", "rollsum-md4"]
_StrongLen: TypeAlias = int | Literal["max", "min"] | None
_Profile: TypeAlias = Literal["compact", "librsync-2.3.4", "librsync-2.3.2"]
_SealCheck: TypeAlias = Literal["if-there", "required", "ignored"]
_Weak: TypeAlias = Literal["rabinkarp", "rollsum"]
_Strong: TypeAlias = Literal["blake2", "md4"]
_Told: TypeAlias = Callable[[Report], object]

__all__ = [
    "delta",
    "diff",
    "digest",
    "inspect",
    "load",
    "patch",
    "signature",
    "Digest",
    "DeltaInfo",
    "SignatureInfo",
    "DeltaJob",
    "LoadJob",
    "PatchJob",
    "SignatureJob",
    "Limits",
    "Signature",
    "Stats",
    "RollingSum",
    "strong_sum",
    "weak_sum",
    "Cancel",
    "Report",
    "__version__",
]

__version__: str

@overload
def signature(
    basis: _Source,
    output: None = None,
    *,
    format: _Format = "rk-blake2",
    block_len: int | None = None,
    strong_len: _StrongLen = "max",
    seal: bool = True,
    threads: int | None = 1,
    limits: Limits | None = None,
    progress: _Told | None = None,
    cancel: Cancel | None = None,
    overwrite: bool = True,
    sync: bool = True,
) -> bytes: ...
@overload
def signature(
    basis: _Source,
    output: _Target,
    *,
    format: _Format = "rk-blake2",
    block_len: int | None = None,
    strong_len: _StrongLen = "max",
    seal: bool = True,
    threads: int | None = 1,
    limits: Limits | None = None,
    progress: _Told | None = None,
    cancel: Cancel | None = None,
    overwrite: bool = True,
    sync: bool = True,
) -> Stats: ...
@overload
def delta(
    signature: _Source | Signature,
    new: _Source,
    output: None = None,
    *,
    profile: _Profile = "compact",
    seal: bool = True,
    threads: int | None = 1,
    limits: Limits | None = None,
    progress: _Told | None = None,
    cancel: Cancel | None = None,
    overwrite: bool = True,
    sync: bool = True,
) -> bytes: ...
@overload
def delta(
    signature: _Source | Signature,
    new: _Source,
    output: _Target,
    *,
    profile: _Profile = "compact",
    seal: bool = True,
    threads: int | None = 1,
    limits: Limits | None = None,
    progress: _Told | None = None,
    cancel: Cancel | None = None,
    overwrite: bool = True,
    sync: bool = True,
) -> Stats: ...
@overload
def diff(
    basis: _Source,
    new: _Source,
    output: None = None,
    *,
    format: _Format = "rk-blake2",
    block_len: int | None = None,
    strong_len: _StrongLen = "max",
    profile: _Profile = "compact",
    seal: bool = True,
    threads: int | None = 1,
    limits: Limits | None = None,
    progress: _Told | None = None,
    cancel: Cancel | None = None,
    overwrite: bool = True,
    sync: bool = True,
) -> bytes: ...
@overload
def diff(
    basis: _Source,
    new: _Source,
    output: _Target,
    *,
    format: _Format = "rk-blake2",
    block_len: int | None = None,
    strong_len: _StrongLen = "max",
    profile: _Profile = "compact",
    seal: bool = True,
    threads: int | None = 1,
    limits: Limits | None = None,
    progress: _Told | None = None,
    cancel: Cancel | None = None,
    overwrite: bool = True,
    sync: bool = True,
) -> Stats: ...
@overload
def patch(
    basis: _Source,
    delta: _Source,
    output: None = None,
    *,
    seal_check: _SealCheck = "if-there",
    limits: Limits | None = None,
    progress: _Told | None = None,
    cancel: Cancel | None = None,
    overwrite: bool = True,
    sync: bool = True,
) -> bytes: ...
@overload
def patch(
    basis: _Source,
    delta: _Source,
    output: _Target,
    *,
    seal_check: _SealCheck = "if-there",
    limits: Limits | None = None,
    progress: _Told | None = None,
    cancel: Cancel | None = None,
    overwrite: bool = True,
    sync: bool = True,
) -> Stats: ...
def load(
    signature: _Source,
    *,
    limits: Limits | None = None,
    progress: _Told | None = None,
    cancel: Cancel | None = None,
) -> Signature: ...
def inspect(source: _Source, *, limits: Limits | None = None) -> SignatureInfo | DeltaInfo | None: ...
def digest(source: _Source) -> Digest: ...
def weak_sum(block: Buffer, kind: _Weak = "rabinkarp") -> int: ...
def strong_sum(block: Buffer, kind: _Strong = "blake2") -> bytes: ...

@final
class Cancel:
    def __new__(cls) -> Cancel: ...
    def cancel(self) -> None: ...
    @property
    def cancelled(self) -> bool: ...

@final
class Limits:
    def __new__(
        cls,
        *,
        output: int | None = None,
        records: int | None = None,
        memory: int | None = None,
        literal: int | None = None,
        work: int | Literal["unlimited"] | None = None,
        time: float | None = None,
    ) -> Limits: ...
    @property
    def output(self) -> int | None: ...
    @property
    def records(self) -> int | None: ...
    @property
    def memory(self) -> int | None: ...
    @property
    def literal(self) -> int | None: ...
    @property
    def work(self) -> int | Literal["unlimited"] | None: ...
    @property
    def time(self) -> float | None: ...

@final
class Report:
    @property
    def phase(self) -> Literal["signature", "load", "delta", "patch"]: ...
    @property
    def bytes_in(self) -> int: ...
    @property
    def total_in(self) -> int | None: ...
    @property
    def bytes_out(self) -> int: ...

@final
class Stats:
    @property
    def bytes_in(self) -> int: ...
    @property
    def bytes_out(self) -> int: ...
    @property
    def blocks(self) -> int: ...
    @property
    def block_len(self) -> int: ...
    @property
    def literals(self) -> int: ...
    @property
    def literal_bytes(self) -> int: ...
    @property
    def copies(self) -> int: ...
    @property
    def copy_bytes(self) -> int: ...
    @property
    def matches(self) -> int: ...
    @property
    def false_matches(self) -> int: ...
    @property
    def skipped(self) -> int: ...
    @property
    def verified(self) -> bool: ...

@final
class Digest:
    @property
    def len(self) -> int: ...
    @property
    def blake3(self) -> str: ...
    def __eq__(self, value: object, /) -> bool: ...
    def __ne__(self, value: object, /) -> bool: ...
    def __hash__(self) -> int: ...

@final
class Signature:
    @property
    def format(self) -> _Format: ...
    @property
    def block_len(self) -> int: ...
    @property
    def strong_len(self) -> int: ...
    @property
    def basis(self) -> Digest | None: ...
    def __len__(self) -> int: ...
    def __getitem__(self, block: int, /) -> tuple[int, bytes]: ...

@final
class SignatureInfo:
    @property
    def format(self) -> _Format: ...
    @property
    def block_len(self) -> int: ...
    @property
    def strong_len(self) -> int: ...
    @property
    def blocks(self) -> int: ...
    @property
    def len(self) -> int: ...
    @property
    def basis_len_min(self) -> int: ...
    @property
    def basis_len_max(self) -> int: ...
    @property
    def basis(self) -> Digest | None: ...

@final
class DeltaInfo:
    @property
    def new_len(self) -> int: ...
    @property
    def copies(self) -> int: ...
    @property
    def copy_bytes(self) -> int: ...
    @property
    def literals(self) -> int: ...
    @property
    def literal_bytes(self) -> int: ...
    @property
    def len(self) -> int: ...
    @property
    def basis_len_min(self) -> int: ...
    @property
    def sealed(self) -> bool: ...
    @property
    def basis(self) -> Digest | None: ...
    @property
    def new(self) -> Digest | None: ...

@final
class SignatureJob:
    def __new__(
        cls,
        basis_len: int | None = None,
        *,
        format: _Format = "rk-blake2",
        block_len: int | None = None,
        strong_len: _StrongLen = "max",
        seal: bool = True,
        limits: Limits | None = None,
        progress: _Told | None = None,
        cancel: Cancel | None = None,
    ) -> SignatureJob: ...
    def feed(self, data: Buffer, max_len: int = -1) -> bytes: ...
    def finish(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def done(self) -> bool: ...
    @property
    def stats(self) -> Stats: ...

@final
class LoadJob:
    def __new__(
        cls,
        *,
        limits: Limits | None = None,
        progress: _Told | None = None,
        cancel: Cancel | None = None,
    ) -> LoadJob: ...
    def feed(self, data: Buffer) -> None: ...
    def finish(self) -> Signature: ...

@final
class DeltaJob:
    def __new__(
        cls,
        signature: _Source | Signature,
        *,
        profile: _Profile = "compact",
        seal: bool = True,
        limits: Limits | None = None,
        progress: _Told | None = None,
        cancel: Cancel | None = None,
    ) -> DeltaJob: ...
    def feed(self, data: Buffer, max_len: int = -1) -> bytes: ...
    def finish(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def done(self) -> bool: ...
    @property
    def stats(self) -> Stats: ...

@final
class PatchJob:
    def __new__(
        cls,
        basis: _Source,
        *,
        seal_check: _SealCheck = "if-there",
        limits: Limits | None = None,
        progress: _Told | None = None,
        cancel: Cancel | None = None,
    ) -> PatchJob: ...
    def feed(self, data: Buffer, max_len: int = -1) -> bytes: ...
    def finish(self) -> bytes: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def done(self) -> bool: ...
    @property
    def stats(self) -> Stats: ...

@final
class RollingSum:
    def __new__(cls, data: Buffer | None = None, kind: _Weak = "rabinkarp") -> RollingSum: ...
    def update(self, data: Buffer) -> None: ...
    def roll_in(self, byte: int) -> None: ...
    def roll_out(self, byte: int) -> None: ...
    def rotate(self, out: int, byte: int) -> None: ...
    @property
    def digest(self) -> int: ...
    def __len__(self) -> int: ...
