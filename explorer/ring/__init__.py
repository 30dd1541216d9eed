"""Features on the ring S¹: their density in the plane, and along the angle."""

from explorer.ring.view import RingView

__all__ = ["RingView"]
