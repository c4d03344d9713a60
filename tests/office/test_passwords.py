"""Passwords are judged by length and by how soon they are guessed, never by what signs they are made of."""

import pytest

from office.errors import NotAllowed
from office.passwords import check_new_password, random_password


@pytest.mark.parametrize(
    "password",
    ["korrekt hest batteri", "tredive grønne køer", "mandagvejretglemmer", "k8#kQ!x2mZp0", "æøå æøå tuba hegn"],
)
def test_long_passwords_that_nobody_guesses_are_taken_whatever_they_are_made_of(password):
    check_new_password(password)


@pytest.mark.parametrize("password", ["", "kort", "elleve-tegn"])
def test_short_passwords_are_refused(password):
    with pytest.raises(NotAllowed, match="mindst 12 tegn"):
        check_new_password(password)


def test_passwords_that_would_only_keep_the_server_busy_are_refused():
    with pytest.raises(NotAllowed, match="højst være på 200 tegn"):
        check_new_password("hest " * 50)


@pytest.mark.parametrize(
    "password",
    [
        "password1234",
        "123456789012",
        "qwertyuiop12",
        "aaaaaaaaaaaa",
        "adgangskode12",
        "Velkommen2026",
        "kodeordkodeord",
    ],
)
def test_what_many_use_is_refused(password):
    with pytest.raises(NotAllowed, match="for let at gætte"):
        check_new_password(password)


def test_the_users_own_name_and_the_municipality_are_too_easy():
    for password in ("byggesen2026", "lindhavn1234"):
        with pytest.raises(NotAllowed, match="for let at gætte"):
            check_new_password(password, ("bo", "Bo Byggesen", "Lindhavn Kommune"))


def test_a_random_password_may_be_kept():
    check_new_password(random_password())
