"""Figures and dates as French and English readers write them; expected texts are those of the design."""

from datetime import UTC, date, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from strapontin.web import format as fmt

PARIS = ZoneInfo("Europe/Paris")
NB, NN, MINUS = "\u00a0", "\u202f", "\u2212"


@pytest.mark.parametrize(
    ("amount", "currency", "french", "english"),
    [
        ("1286.55", "EUR", f"1{NN}286,55{NB}€", "€1,286.55"),
        ("-5.70", "EUR", f"{MINUS}5,70{NB}€", f"{MINUS}€5.70"),
        ("0", "EUR", f"0,00{NB}€", "€0.00"),
        ("41286.5", "GBP", f"41{NN}286,50{NB}£", "£41,286.50"),
        ("1234567.891", "CAD", f"1{NN}234{NN}567,89{NB}${NB}CA", "CA$1,234,567.89"),
        ("12.00", "CHF", f"12,00{NB}CHF", f"CHF{NB}12.00"),
    ],
)
def test_money(amount: str, currency: str, french: str, english: str) -> None:
    assert fmt.money(Decimal(amount), currency, language="fr") == french
    assert fmt.money(Decimal(amount), currency, language="en") == english


def test_money_with_its_sign() -> None:
    assert fmt.money(Decimal("197.16"), "EUR", language="fr", signed=True) == f"+197,16{NB}€"
    assert fmt.money(Decimal("-2"), "EUR", language="en", signed=True) == f"{MINUS}€2.00"
    assert fmt.money(Decimal(0), "EUR", language="en", signed=True) == "€0.00"


@given(st.decimals(min_value=Decimal("-1e9"), max_value=Decimal("1e9"), places=2))
def test_money_can_be_read_back(amount: Decimal) -> None:
    french = fmt.money(amount, "EUR", language="fr-FR")
    text = french.removesuffix(f"{NB}€").replace(NN, "").replace(",", ".").replace(MINUS, "-")
    assert Decimal(text) == amount


def test_whole_numbers_and_changes() -> None:
    assert fmt.integer(4812, language="fr") == f"4{NN}812"
    assert fmt.integer(1_200_000, language="en") == "1,200,000"
    assert fmt.delta(2, language="fr") == "+2"
    assert fmt.delta(-3, language="en") == f"{MINUS}3"
    assert fmt.delta(0, language="fr") == "0"


def test_percent_and_share() -> None:
    assert fmt.percent(Decimal(20), language="fr") == f"20{NB}%"
    assert fmt.percent(Decimal("5.50"), language="en") == "5.5%"
    assert fmt.percent(100, language="en") == "100%"
    assert fmt.share(4377, 4812, language="fr") == f"91,0{NB}%"
    assert fmt.share(0, 0, language="fr") == "–"


def test_days_and_months() -> None:
    assert fmt.day(date(2023, 7, 18), language="fr") == "18 juil. 2023"
    assert fmt.day(date(2024, 1, 1), language="fr") == "1er janv. 2024"
    assert fmt.day(date(2023, 7, 18), language="en") == "18 Jul 2023"
    assert fmt.day(date(2023, 7, 1), language="en", year=False) == "1 Jul"
    assert fmt.month(date(2022, 8, 31), language="fr") == "août 2022"
    assert [fmt.month_initial(date(2023, n, 1), language="fr") for n in range(1, 13)] == list("JFMAMJJASOND")


@pytest.mark.parametrize(
    ("language", "names"),
    [
        ("fr", "janv. févr. mars avr. mai juin juil. août sept. oct. nov. déc."),
        ("en", "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"),
    ],
)
def test_names_of_months(language: str, names: str) -> None:
    assert [fmt.month(date(2023, n, 1), language=language) for n in range(1, 13)] == [
        f"{m} 2023" for m in names.split()
    ]


def test_figures_are_rounded_half_up_and_zero_has_no_sign() -> None:
    assert fmt.number(Decimal("0.125"), language="fr", places=2) == "0,13"
    assert fmt.number(Decimal("-2.5"), language="en") == f"{MINUS}3"
    assert fmt.money(Decimal("-0.004"), "EUR", language="en", signed=True) == "€0.00"


def test_moments_are_said_in_the_zone_of_the_provider() -> None:
    at = datetime(2023, 7, 18, 22, 30, tzinfo=UTC)
    assert fmt.moment(at, zone=PARIS, language="fr") == "19 juil. 2023, 00:30"
    assert fmt.moment(at, zone=PARIS, language="en") == "19 Jul 2023, 00:30"


def test_moments_are_as_short_as_they_can_be() -> None:
    now = datetime(2023, 7, 18, 8, 42, tzinfo=UTC)
    seen = [(2023, 7, 18, 8, 0), (2023, 7, 17, 0, 10), (2022, 7, 17, 0, 10)]
    texts = [fmt.moment_seen_from(datetime(*at, tzinfo=UTC), now=now, zone=PARIS, language="fr") for at in seen]
    assert texts == ["10:00", "17 juil., 02:10", "17 juil. 2022, 02:10"]


def test_articles_before_moments() -> None:
    now, old = datetime(2023, 7, 18, 8, 42, tzinfo=UTC), datetime(2023, 7, 17, 0, 10, tzinfo=UTC)
    said = [fmt.article(at, word, now=now, zone=PARIS, language="fr") for at in (now, old) for word in ("le", "du", "")]
    assert said == ["", "de ", "", "le ", "du ", ""]
    assert fmt.article(old, "du", now=now, zone=PARIS, language="en") == ""


@pytest.mark.parametrize(
    ("then", "french", "english"),
    [
        (datetime(2023, 7, 18, 8, 41, 30, tzinfo=UTC), "à l’instant", "just now"),
        (datetime(2023, 7, 18, 8, 37, tzinfo=UTC), f"il y a 5{NB}min", f"5{NB}min ago"),
        (datetime(2023, 7, 17, 0, 10, tzinfo=UTC), f"il y a 32{NB}h", f"32{NB}h ago"),
        (datetime(2023, 7, 15, 0, 10, tzinfo=UTC), f"il y a 3{NB}jours", f"3{NB}days ago"),
        (datetime(2023, 3, 18, 0, 10, tzinfo=UTC), f"il y a 4{NB}mois", f"4{NB}months ago"),
        (datetime(2023, 7, 19, 0, 10, tzinfo=UTC), "à l’instant", "just now"),
    ],
)
def test_age(then: datetime, french: str, english: str) -> None:
    now = datetime(2023, 7, 18, 8, 42, tzinfo=UTC)
    assert fmt.age(then, now=now, language="fr") == french
    assert fmt.age(then, now=now, language="en") == english


@pytest.mark.parametrize(
    ("start", "end", "french", "english"),
    [
        (date(2023, 7, 18), date(2024, 1, 1), "du 18 juil. au 31 déc. 2023", "18 Jul to 31 Dec 2023"),
        (date(2023, 7, 14), date(2023, 7, 18), "du 14 au 17 juil. 2023", "14 to 17 Jul 2023"),
        (
            date(2022, 2, 1),
            date(2025, 2, 1),
            "du 1er févr. 2022 au 31 janv. 2025",
            "1 Feb 2022 to 31 Jan 2025",
        ),
        (date(2023, 7, 1), date(2023, 8, 1), "du 1er au 31 juil. 2023", "1 to 31 Jul 2023"),
        (date(2023, 7, 18), date(2023, 7, 19), "le 18 juil. 2023", "on 18 Jul 2023"),
        (date(2022, 11, 1), None, "depuis le 1er nov. 2022", "since 1 Nov 2022"),
    ],
)
def test_ranges_show_their_last_day(start: date, end: date | None, french: str, english: str) -> None:
    assert fmt.date_range(start, end, language="fr") == french
    assert fmt.date_range(start, end, language="en") == english


def test_a_range_may_begin_without_its_preposition() -> None:
    assert fmt.date_range(date(2023, 6, 12), date(2024, 1, 1), language="fr", prefix=False) == (
        "12 juin au 31 déc. 2023"
    )
