"""Files with lists: users of a customer, imported whole or not at all; quantities of many customers."""
