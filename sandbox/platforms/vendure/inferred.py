"""What the platform file leaves open or tags [inferred], each in one place."""

DEFAULT_TAKE = 1000
"""[inferred] Rows of a list whose call names no number: as many as a call may name."""
FREED_BY_CANCELLING = True
"""[inferred] Goods of a cancelled order that lie in a fulfillment come back to what lies there."""
MOVES_WITH_EDITS = True
"""[inferred] Editing an order moves its ``updatedAt``; changes of its state do not (V1)."""
PAID_WITH_EDITS = True
"""[inferred] What an edit changes of the total is paid or given back with it: the payment is of the new one."""
