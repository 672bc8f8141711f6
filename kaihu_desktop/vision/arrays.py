"""Names for the arrays that vision functions take and return."""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

# OpenCV's own annotations name no element type, so the aliases carry the meaning and the text the dtype.

BgrImage = NDArray[Any]
"""uint8, H×W×3, channels blue, green, red."""

GreyImage = NDArray[Any]
"""uint8, H×W."""

Corners = NDArray[Any]
"""float32, 4×2, (x, y) in pixels; pixel centres lie on whole numbers; in the order TL, TR, BR, BL."""

Floats = NDArray[Any]
"""float32 or float64, shape as told by the function."""
