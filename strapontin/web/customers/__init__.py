"""Customers: the list of names, creating and editing one, its sites."""
