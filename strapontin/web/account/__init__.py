"""One's own account: the start, the language, who one is here, and the sign-in (allauth)."""
