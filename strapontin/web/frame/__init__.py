"""What every page shares: the door, answers, menu, lists, forms, refusals. Knows no noun."""
