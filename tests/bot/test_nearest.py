import numpy as np

from bot.nearest import NearestTable


def units(count: int, width: int = 48, seed: int = 1) -> np.ndarray:
    vectors = np.random.default_rng(seed).normal(size=(count, width)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def test_cosines_are_right_to_the_second_decimal():
    table, asked = units(500), units(7, seed=2)
    np.testing.assert_allclose(NearestTable.of(table).cosines(asked), asked @ table.T, atol=0.01)


def test_a_vector_is_nearest_to_itself():
    table = units(500)
    assert NearestTable.of(table).cosines(table[::50]).argmax(axis=1).tolist() == list(range(0, 500, 50))


def test_the_largest_products_do_not_overflow():
    table = np.full((3, 400), 1 / 20, np.float32)
    np.testing.assert_allclose(NearestTable.of(table).cosines(table[:1]), [[1, 1, 1]], atol=0.01)


def test_a_packed_table_gives_the_same_cosines():
    table = NearestTable.of(units(20))
    assert (NearestTable(table.network.copy()).cosines(units(2)) == table.cosines(units(2))).all()
