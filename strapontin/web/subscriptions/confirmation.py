"""The token of a confirmation: the digest of an effect, with the quantities that the effect was shown for.

A page shows a digest while its reader goes on typing. The token keeps a late digest from confirming other quantities.
"""

from __future__ import annotations


def token_of(digest: str, quantities: str) -> str:
    """The token that a form carries; empty without a digest."""
    return f"{digest}~{quantities}" if digest else ""


def digest_in(token: str, quantities: str) -> str | None:
    """The digest in ``token`` if it was shown for exactly these quantities."""
    digest, _separator, of_token = token.partition("~")
    return digest if digest and of_token == quantities else None
