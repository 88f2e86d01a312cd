"""Invoices: the list, and one with its lines."""
