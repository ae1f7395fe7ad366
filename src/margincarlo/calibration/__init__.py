"""What prices of open-weight models teach about costs and rents, and what they cannot."""

from __future__ import annotations
