"""Promises that are kept by pages: the channels shown, the one entrance, nobody forced through it."""

from __future__ import annotations


async def test_s14_telephone_mail_visit_and_the_digital_entrance_are_all_shown(client, sample):
    page = await (await client.get("/")).text()
    office = sample.office
    for way in (office.phone, f"mailto:{office.email}", office.address, 'href="/skriv"', "chat.js"):
        assert way in page, way


async def test_a2_one_visible_digital_entrance_on_every_page(client):
    for path in ("/", "/lokaler", "/skriv"):
        page = await (await client.get(path)).text()
        assert 'data-ask=""' in page, path
        assert 'href="/skriv"' in page, path
