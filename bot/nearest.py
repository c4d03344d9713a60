"""Cosines of a few vectors to very many, in 8-bit whole numbers: a quarter of the memory, and a fraction of the time.

The table of training examples is larger than the processor's cache, so reading it is what costs. A cosine is off by some
0.002, a small part of what lies between one example and the next.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import onnxruntime

from bot.network import opened

_ROW_STEPS = 63  # seven bits: where a processor adds pairs of products in 16 bits, eight bits would overflow
_ASKED_STEPS = 127
_ASKED_ZERO = 128


class NearestTable:
    """Unit vectors to compare with, as a small ONNX network that multiplies; `network` is its bytes (uint8)."""

    def __init__(self, network: np.ndarray) -> None:
        self.network = network

    @classmethod
    def of(cls, vectors: np.ndarray) -> NearestTable:
        """Round `vectors` (rows x width, float) and pack them."""
        scales = np.maximum(np.abs(vectors).max(axis=1), 1e-9).astype(np.float32) / _ROW_STEPS
        whole = np.round(vectors / scales[:, np.newaxis]).astype(np.int8)
        return cls(np.frombuffer(_network(whole, scales), np.uint8))

    def cosines(self, asked: np.ndarray) -> np.ndarray:
        """Return the cosines (asked x rows, float32) of unit vectors to all rows."""
        steps = (np.maximum(np.abs(asked).max(axis=1, keepdims=True), 1e-9) / _ASKED_STEPS).astype(np.float32)
        whole = (np.round(asked / steps) + _ASKED_ZERO).astype(np.uint8)
        products: np.ndarray = self._session.run(None, {"asked": whole, "steps": steps})[0]
        return products

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        return opened(self.network)


def _network(rows: np.ndarray, scales: np.ndarray) -> bytes:
    """Return the network that multiplies what is asked with `rows` and gives the products their scale back."""
    from onnx import TensorProto, helper, numpy_helper

    nodes = [
        helper.make_node("MatMulInteger", ["asked", "table", "zero"], ["whole"]),
        helper.make_node("Cast", ["whole"], ["unscaled"], to=TensorProto.FLOAT),
        helper.make_node("Mul", ["unscaled", "scales"], ["half"]),
        helper.make_node("Mul", ["half", "steps"], ["cosines"]),
    ]
    known = {"table": np.ascontiguousarray(rows.T), "zero": np.array(_ASKED_ZERO, np.uint8), "scales": scales}
    graph = helper.make_graph(
        nodes,
        "nearest",
        [
            helper.make_tensor_value_info("asked", TensorProto.UINT8, [None, rows.shape[1]]),
            helper.make_tensor_value_info("steps", TensorProto.FLOAT, [None, 1]),
        ],
        [helper.make_tensor_value_info("cosines", TensorProto.FLOAT, [None, len(rows)])],
        [numpy_helper.from_array(array, name) for name, array in known.items()],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    return bytes(model.SerializeToString())
