"""The sample that pipelines are compared on: a share of every label, the same lines every time."""

from bot.sample import deep, flat, sample


def lines(label: str, count: int) -> list[tuple[str, str]]:
    return [(f"{label} nummer {number}", label) for number in range(count)]


def chosen(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    return [pairs[place] for place in sample([text for text, _ in pairs], [label for _, label in pairs])]


def test_topics_and_kinds_of_message_have_their_shares():
    found = [label for _, label in chosen(lines("answer/moms", 50) + lines("case/hal", 7) + lines("human", 90))]
    assert [found.count(label) for label in ("answer/moms", "case/hal", "human")] == [20, 7, 40]


def test_the_order_of_the_lines_changes_nothing():
    pairs = lines("answer/moms", 50)
    assert set(chosen(pairs)) == set(chosen(pairs[::-1]))


def test_the_longest_lines_are_left_out():
    assert chosen([("ord " * 41, "human"), ("ord " * 40, "human")]) == [("ord " * 40, "human")]


def test_a_label_comes_back_from_its_intent():
    assert flat("answer/moms") == "answer:moms"
    assert deep(flat("answer/moms")) == "answer/moms"
    assert deep(flat("human")) == "human"
