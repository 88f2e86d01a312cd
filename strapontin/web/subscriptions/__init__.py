"""Subscriptions: the overview, the list by customer, a customer's seats, and every way to change them."""
