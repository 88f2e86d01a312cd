"""Lists of users for a customer: sent, looked at, imported whole or not at all."""
