"""Users of a customer: the list, adding, changing and removing a user, and the decision if no seat is free."""
