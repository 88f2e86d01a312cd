"""A client that claims seats by REST: one connection, a key, and an ``Idempotency-Key`` for each request."""

from __future__ import annotations

import http.client
import json
import sys
from uuid import UUID

from benchmarks.client import serve
from benchmarks.ground import KEY


def main() -> None:
    """Connect, and claim when told."""
    connection = http.client.HTTPConnection("127.0.0.1", int(sys.argv[2]), timeout=30)

    def claim(customer_id: UUID, site_id: UUID, email: str) -> None:
        body = {"first_name": "Ada", "last_name": "Example", "email": email, "site": str(site_id), "type": "voice"}
        connection.request(
            "POST",
            f"/api/v1/customers/{customer_id}/users",
            json.dumps(body),
            {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json", "Idempotency-Key": email},
        )
        response = connection.getresponse()
        answer = response.read()
        if response.status != http.client.CREATED:
            raise RuntimeError(f"{response.status}: {answer[:500]!r}")

    serve(claim, name="rest")


if __name__ == "__main__":
    main()
