"""Users of a customer: the list, adding, changing and removing one, and the decision if no seat is free."""
