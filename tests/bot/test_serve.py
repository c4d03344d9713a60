import pytest

from bot.serve import _is_action_result


@pytest.mark.parametrize(
    ("result", "good"),
    [
        ({"events": [], "responses": []}, True),
        ({"events": [{"event": "slot"}], "responses": [{"text": "hej"}]}, True),
        ({"events": []}, False),
        ({"events": None, "responses": []}, False),
        (None, False),
        ("error", False),
    ],
)
def test_an_answer_of_the_action_server_must_have_its_form(result, good):
    assert _is_action_result(None, result) is good
