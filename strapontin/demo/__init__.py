"""The demo of ``make run``: an invented provider and fourteen months of its life, played through the operations.

Nothing here is needed by the product. The story is written relative to the day on which it is built, so that
it always ends today.
"""
