"""Small ONNX networks that a model holds as plain bytes."""

from __future__ import annotations

import numpy as np
import onnxruntime


def opened(network: np.ndarray) -> onnxruntime.InferenceSession:
    """Return a session of the network whose bytes (uint8) these are, on one thread: a message is too little work for two."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(network.tobytes(), options, providers=["CPUExecutionProvider"])
