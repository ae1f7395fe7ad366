"""What hosts ask for tokens: dated snapshots, and the offers in them."""

from __future__ import annotations
