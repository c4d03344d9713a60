"""Settings come from one list; a wrong one is named and explained."""

import pytest

from office.settings import SETTINGS, SettingError, read_settings


def test_every_default_can_be_read():
    assert read_settings({}).port == 8080


def test_only_loopback_by_default():
    assert read_settings({}).host == "127.0.0.1"


def test_an_unknown_setting_is_refused_so_that_a_typo_is_noticed():
    with pytest.raises(SettingError, match="INDGANG_PROT"):
        read_settings({"INDGANG_PROT": "80"})


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("PORT", "no"), ("PORT", "99999"), ("RATE_LIMITS", "maybe"), ("ENGINE_TIMEOUT", "0")),
        *(("SMTP_SECURITY", "ssl"), ("WEBHOOK_SECRET", "for kort"), ("WEBHOOK_SECRET", "a29ydA==")),
        *(("WEBHOOK_URL", "http://sager.example/"), ("WEBHOOK_URL", "sager.example")),
    ],
)
def test_an_unusable_value_is_named_with_its_help(name, value):
    with pytest.raises(SettingError, match=f"INDGANG_{name}"):
        read_settings({f"INDGANG_{name}": value})


def test_every_setting_has_help_that_is_a_sentence():
    for setting in SETTINGS:
        assert setting.help.endswith("."), setting.name


def test_a_webhook_without_a_key_is_refused():
    with pytest.raises(SettingError, match="INDGANG_WEBHOOK_SECRET"):
        read_settings({"INDGANG_WEBHOOK_URL": "https://sager.example/"})


def test_a_webhook_on_the_same_machine_needs_no_https():
    settings = read_settings({"INDGANG_WEBHOOK_URL": "http://127.0.0.1:9000/", "INDGANG_WEBHOOK_SECRET": "A" * 44})
    assert settings.webhook_url == "http://127.0.0.1:9000/"
