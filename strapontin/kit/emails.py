"""What an e-mail address is: one rule for operations, REST, forms and commands. Its one form: :mod:`.text`."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import EmailValidator

# The longest that a mail server takes (RFC 5321, 4.5.3.1.3: 256 with the brackets around it).
EMAIL_LENGTH = 254

_validate = EmailValidator()


def is_email(text: str) -> bool:
    """Whether ``text``, all of it, is an e-mail address.

    The number of a machine in brackets instead of a domain is none: wazo-confd takes only some of them.
    """
    try:
        _validate(text)
    except ValidationError:
        return False
    return len(text) <= EMAIL_LENGTH and not text.endswith("]")
