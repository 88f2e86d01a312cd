"""How the addresses of one customer and of one site begin; several nouns go on from there."""

CUSTOMER = "customers/<uuid:customer_id>/"
SITE = CUSTOMER + "sites/<uuid:site_id>/"
