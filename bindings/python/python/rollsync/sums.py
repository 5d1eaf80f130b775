"""The sums of single blocks, as they stand in signatures: the engine's own."""

from ._engine import RollingSum
from ._engine import strong_sum as strong
from ._engine import weak_sum as weak

__all__ = ["RollingSum", "strong", "weak"]
