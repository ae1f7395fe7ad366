"""The driver tree: equations wired by name, pruned by what is given."""

from margincarlo.tree.evaluate import evaluate
from margincarlo.tree.grow import check_name, choose, grow, grow_if_possible
from margincarlo.tree.node import MissingInputsError, Node, Tree

__all__ = [
    "MissingInputsError",
    "Node",
    "Tree",
    "check_name",
    "choose",
    "evaluate",
    "grow",
    "grow_if_possible",
]
