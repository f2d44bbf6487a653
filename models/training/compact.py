"""Makes a checkpoint half as large, to be kept: train.py goes on from it, though not to the last bit.

    python3 compact.py CHECKPOINT FILE.pt
"""

import argparse
from pathlib import Path

import torch


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("file", type=Path)
    options = parser.parse_args()
    state = torch.load(options.checkpoint, map_location="cpu")
    for weights in (state["model"], state["ema"]):
        for name, value in weights.items():
            # Means and variances of whole layers are few, and beyond what 16 bits hold.
            if value.ndim > 1:
                weights[name] = value.half()
    for moments in state["optimizer"]["state"].values():
        for name in ("exp_avg", "exp_avg_sq"):
            moments[name] = moments[name].bfloat16()
    torch.save(state, options.file)
    print(f"{options.file}: {options.file.stat().st_size} bytes, step {state['step']}")


if __name__ == "__main__":
    main()
