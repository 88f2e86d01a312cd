"""What ``/clock`` takes and answers."""

from __future__ import annotations

from datetime import datetime

from strapontin.api.schemas.common import Answer, Body
from strapontin.api.schemas.kinds import Moment


class ClockIn(Body):
    now: Moment


class ClockOut(Answer):
    now: datetime
