"""What the templates of subscriptions are given: small frozen values that a view builds and a template reads.

They hold figures, dates and names, not sentences: the words are in the templates, where they are translated.
Money is ``Decimal``; moments are aware; every interval is half-open. A ``*_url`` that is empty means that the
reader may not, or need not, go there, and the template leaves the link out.
"""
