"""A Wazo stack that answers like a genuine one, for tests and the demo; nothing of the portal needs it."""

from strapontin.stacks.wazo.simulator.faults import Fault
from strapontin.stacks.wazo.simulator.main import main
from strapontin.stacks.wazo.simulator.server import StackSimulator
from strapontin.stacks.wazo.simulator.world import PORTAL_ACL, Account, Leftovers, Line, Tenant, User

__all__ = ["PORTAL_ACL", "Account", "Fault", "Leftovers", "Line", "StackSimulator", "Tenant", "User", "main"]
