"""What the templates of subscriptions are given: small frozen values that a view builds and a template reads.

They hold figures, dates and names, not sentences: templates hold the words and their translations.
Money is ``Decimal``; moments are aware; every interval is half-open. If the reader may not, or need
not, go to a page, its ``*_url`` is empty, and the template leaves the link out.
"""
