"""CPR numbers are masked in every usual notation, and nothing else is."""

import pytest

from office.privacy import MASK, mask_contact, mask_cpr


@pytest.mark.parametrize(
    "text",
    [
        "0101901234",
        "010190-1234",
        "010190 1234",
        "01 01 90 12 34",
        "01.01.90-1234",
        "01/01/1990-1234",
        "010190–1234",
        "cpr170838-8137",
        "mit cpr er 311299-0000 tak",
        "290299-1234",
        "610190-1234",  # a substitute number: the day plus 60
    ],
)
def test_a_cpr_number_is_masked(text):
    masked, found = mask_cpr(text)
    assert found
    assert MASK in masked
    assert not any(part in masked for part in ("1234", "8137", "0000"))


def test_a_number_told_in_two_parts_is_masked():
    masked, found = mask_cpr("Jeg er født 120166, og mine sidste fire cifre er 5937.")
    assert found
    assert "120166" not in masked
    assert "5937" not in masked


@pytest.mark.parametrize(
    "text",
    [
        "ring på 20 44 58 31",
        "+45 20 44 58 31",
        "CVR 10150817",
        "EAN 5798000123456",
        "EK-2026-000123",
        "den 12.01.2026 klokken 10",
        "451299-1234",  # no date
        "matrikel 12ab, 1.200 m2, 50.000 kr.",
    ],
)
def test_other_numbers_are_left_alone(text):
    assert mask_cpr(text) == (text, False)


@pytest.mark.parametrize(
    "way", ["00 00 11 22", "00001122", "0000 1122", "+45 00 00 11 22", "0045 00001122", "lise.holm@smed.example"]
)
def test_ways_to_reach_somebody_are_masked(way):
    assert mask_contact(f"ring eller skriv til {way}, tak") in (
        "ring eller skriv til [nummer], tak",
        "ring eller skriv til [mailadresse], tak",
    )


@pytest.mark.parametrize(
    "text", ["en hal på 800 m2 til 2.500.000 kr. i 2027", "skur 10x12 m, 25 m2", "§§ 18-19 i loven"]
)
def test_other_numbers_stay_in_what_editors_read(text):
    assert mask_contact(text) == text
