"""Trains the detector of the simulated cameras.

    python3 train.py --out DIR [--steps 12000] [--seed 1] [--save-every 300] FRAMES_DIR…

Goes on from DIR/checkpoint.pt where there is one: then what follows is what would have followed without the break.
Nothing depends on the clock, so the process may be stopped and continued at will. --steps may be another one when
going on: the learning rate falls over the last two fifths of them, wherever it was.
"""

import argparse
import copy
import math
import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

# One thread for each half of a batch. More for each operation would wait for each other at every one of them.
os.environ["OMP_NUM_THREADS"] = "1"

import cv2
import numpy as np
import torch

from frames import Frames, is_learned
from loss import loss_of
from network import CLASSES, Detector, cells_of

# Small batches: with hours of two cores what is short is steps.
BATCH, HALVES = 8, 2
LEARNING_RATE, WEIGHT_DECAY = 1.5e-3, 0.02
WARM_UP_STEPS = 300
# Share of the steps over which the learning rate falls.
FALLING = 0.4
EMA = 0.999


def main():
    options = read_options()
    cv2.setNumThreads(1)
    frames = Frames(options.frames)
    training = Training(options.seed)
    checkpoint = options.out / "checkpoint.pt"
    options.out.mkdir(parents=True, exist_ok=True)
    if checkpoint.exists():
        training.load(torch.load(checkpoint))
    print(f"{len(frames.files)} pictures, from step {training.step} to {options.steps}", flush=True)
    losses, began = [], time.time()
    while training.step < options.steps:
        losses.append(training.advance(frames, options.steps))
        if training.step % 100 == 0:
            speed = 100 * BATCH / (time.time() - began)
            parts = " ".join(f"{value:.3f}" for value in np.mean(losses, 0))
            rate = learning_rate(training.step, options.steps)
            print(f"step {training.step} box, objectness, class {parts} rate {rate:.2e} {speed:.1f}/s", flush=True)
            losses, began = [], time.time()
        if training.step % options.save_every == 0 or training.step == options.steps:
            save(training.state(), checkpoint)


def read_options():
    parser = argparse.ArgumentParser()
    parser.add_argument("frames", nargs="+", type=Path)
    parser.add_argument("--out", required=True, type=Path)
    parser.add_argument("--steps", type=int, default=12000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--save-every", type=int, default=300)
    return parser.parse_args()


class Training:
    def __init__(self, seed):
        torch.manual_seed(seed)
        self.seed, self.step = seed, 0
        self.ema = Detector().to(memory_format=torch.channels_last).eval()
        self.model = hasten(copy.deepcopy(self.ema).train())
        self.replicas = [self.model] + [copy.deepcopy(self.model) for _ in range(HALVES - 1)]
        self._share_parameters()
        decayed = [p for p in self.model.parameters() if p.ndim > 1]
        plain = [p for p in self.model.parameters() if p.ndim <= 1]
        groups = [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": plain, "weight_decay": 0}]
        self.optimizer = torch.optim.AdamW(groups, LEARNING_RATE, foreach=True)
        self.threads = ThreadPoolExecutor(HALVES)

    def _share_parameters(self):
        for replica in self.replicas[1:]:
            for own, shared in zip(replica.parameters(), self.model.parameters()):
                own.data = shared.data

    def advance(self, frames, steps):
        """One step; gives the three parts of the loss."""
        kind = kind_of(self.step, steps)
        halves = [self.threads.submit(self._half, frames, kind, half) for half in range(HALVES)]
        losses = [half.result() for half in halves]
        with torch.no_grad():
            self._join()
        torch.nn.utils.clip_grad_norm_(self.model.parameters(), 20)
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(self.step, steps)
        self.optimizer.step()
        self.step += 1
        with torch.no_grad():
            self._average()
        return np.mean(losses, 0)

    def _half(self, frames, kind, half):
        size = BATCH // HALVES
        pictures, truth = [], []
        for index in range(half * size, (half + 1) * size):
            picture, rows = frames.sample(np.random.default_rng([self.seed, self.step, index]), kind)
            pictures.append(picture)
            truth.append(truth_of(rows))
        # Height, width, channels in memory is what channels_last asks for.
        batch = torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).float()
        replica = self.replicas[half]
        replica.zero_grad(set_to_none=True)
        cells = cells_of(batch.shape[3], batch.shape[2])
        losses = loss_of(replica(batch), truth, cells, len(CLASSES))
        losses.sum().backward()
        return losses.detach().numpy()

    def _join(self):
        """Gradients and running means of the halves become one."""
        average([[parameter.grad for parameter in replica.parameters()] for replica in self.replicas])
        means = [[buffer for buffer in replica.buffers() if buffer.is_floating_point()] for replica in self.replicas]
        average(means)
        for other in means[1:]:
            for ours, theirs in zip(means[0], other):
                theirs.copy_(ours)

    def _average(self):
        keep = min(EMA, (1 + self.step) / (10 + self.step))
        means, now = (
            [value for value in model.state_dict().values() if value.is_floating_point()]
            for model in (self.ema, self.model)
        )
        torch._foreach_mul_(means, keep)
        torch._foreach_add_(means, now, alpha=1 - keep)

    def state(self):
        return {
            "step": self.step,
            "seed": self.seed,
            "model": self.model.state_dict(),
            "ema": self.ema.state_dict(),
            "optimizer": self.optimizer.state_dict(),
        }

    def load(self, state):
        self.step, self.seed = state["step"], state["seed"]
        self.ema.load_state_dict(state["ema"])
        self.optimizer.load_state_dict(state["optimizer"])
        for replica in self.replicas:
            replica.load_state_dict(state["model"])


def hasten(model):
    """With one thread and fewer than 16 pictures, PyTorch leaves 1x1 convolutions to its BLAS, here ten times as slow
    as oneDNN. A dilation, which means nothing to them, makes it choose oneDNN."""
    for layer in model.modules():
        if isinstance(layer, torch.nn.Conv2d) and layer.kernel_size == (1, 1):
            layer.dilation = (2, 2)
    return model


def average(lists):
    """The first list of tensors becomes the mean of all."""
    for other in lists[1:]:
        torch._foreach_add_(lists[0], other)
    torch._foreach_div_(lists[0], len(lists))


def truth_of(rows):
    learned = is_learned(rows)
    numbers = torch.from_numpy(rows[learned, 0]).long()
    return numbers, torch.from_numpy(rows[learned, 1:5]), torch.from_numpy(rows[~learned, 1:5])


def kind_of(step, steps):
    """Crops, now and then the whole, while the learning rate falls every other time; at last what the detector has."""
    if step >= 0.9 * steps:
        return "letterbox"
    return "frame" if step % (2 if is_falling(step, steps) else 8) == 0 else "crop"


def is_falling(step, steps):
    return step > (1 - FALLING) * steps


def learning_rate(step, steps):
    rest = min(1, (steps - step) / (FALLING * steps))
    return LEARNING_RATE * min(1, (step + 1) / WARM_UP_STEPS) * (0.01 + 0.99 * (1 - math.cos(math.pi * rest)) / 2)


def save(state, file):
    part = file.with_suffix(".part")
    torch.save(state, part)
    part.replace(file)


if __name__ == "__main__":
    main()
