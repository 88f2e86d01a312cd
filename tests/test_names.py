"""Names in the order in which people look for them."""

from strapontin.kit.names import by_name


def test_accents_and_capitals_do_not_send_a_name_to_the_end() -> None:
    names = ["Voiron", "échirolles", "Crolles", "Échirolles, imagerie", "Eybens"]
    assert sorted(names, key=by_name) == ["Crolles", "échirolles", "Échirolles, imagerie", "Eybens", "Voiron"]
