"""What a run would bill a payer, kept beside the run; nothing is issued or marked."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from strapontin.billing.rating import Line, rate
from strapontin.billing.taxes import rules_for, taxes_on
from strapontin.cycles.operations import bring_to, complete_periods
from strapontin.kit.database import run
from strapontin.organisation.settings import Settings
from strapontin.refusals import Refusal


class _Undo(Exception):  # noqa: N818  carries no fault: it takes a savepoint back
    pass


def preview_payer(current: dict[str, Any], payer: dict[str, Any], *, settings: Settings, at: datetime) -> None:
    """Rates the payer's customers at the run's date, opening future periods only inside a savepoint."""
    lines: list[Line] = []
    try:
        with transaction.atomic():
            bring_to(current["date"], at=at)
            complete_periods()
            lines = rate(date=current["date"], cut=current["cut"], settings=settings, payer_id=payer["id"])
            raise _Undo
    except _Undo:
        pass
    missing = {str(line.customer_id) for line in lines if line.amount is None}
    kept = [line for line in lines if str(line.customer_id) not in missing]
    net = sum((line.amount for line in kept if line.amount is not None), Decimal("0.00"))
    shown = {
        "net": net,
        "taxes": _taxes(payer, net, settings),
        "currency": payer["currency"],
        "lines": [asdict(line) for line in kept],
        "parked": sorted(missing),
    }
    run(
        "UPDATE run_payer SET preview = %s::jsonb WHERE run_id = %s AND payer_id = %s",
        [json.dumps(shown, default=str), current["id"], payer["id"]],
    )


def _taxes(payer: dict[str, Any], net: Decimal, settings: Settings) -> list[dict[str, Any]]:
    try:
        rules = rules_for(
            issuer_country=settings.country,
            country=payer["country"],
            region=payer["region"],
            vat_number=payer["vat_number"],
        )
    except Refusal:
        return []
    return [
        {"category": t.rule.category, "rate": t.rule.rate_percent, "base": t.base, "amount": t.amount}
        for t in taxes_on(net, rules)
    ]
