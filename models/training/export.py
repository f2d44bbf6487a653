"""Writes a checkpoint's averaged weights as an ONNX file that says itself what it is.

    python3 export.py CHECKPOINT FILE.onnx [--width 416] [--height 256]

Any checkpoint will do, also one of a training that goes on.
"""

import argparse
import warnings
from pathlib import Path

import torch

from network import CLASSES, INPUT_HEIGHT, INPUT_WIDTH, Deployed, Detector

METADATA = {
    "purpose": "simulation: the rendered cameras of tmon, nothing else",
    "decoder": "yolox",
    "classes": ", ".join(CLASSES),
    "licence": "Apache-2.0",
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("--width", type=int, default=INPUT_WIDTH)
    parser.add_argument("--height", type=int, default=INPUT_HEIGHT)
    options = parser.parse_args()
    state = torch.load(options.checkpoint, map_location="cpu")
    detector = Detector()
    detector.load_state_dict(state["ema"])
    export(detector, options.file, options.width, options.height)
    notes = {**METADATA, "training": f"seed {state['seed']}, {state['step']} steps"}
    with options.file.open("ab") as file:
        file.write(metadata_props(notes))
    print(f"{options.file}: {options.file.stat().st_size} bytes, {notes['training']}")


def export(detector, file, width, height):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", torch.jit.TracerWarning)
        torch.onnx.export(
            *(Deployed(detector).eval(), torch.zeros(1, 3, height, width), str(file)),
            input_names=["images"],
            output_names=["output"],
            opset_version=13,
        )


def metadata_props(notes):
    """A protocol buffer's repeated field may be appended to a file. Field numbers: onnx.proto3, ModelProto and
    StringStringEntryProto."""
    return b"".join(
        field(14, field(1, key.encode()) + field(2, value.encode())) for key, value in notes.items()
    )


def field(number, content):
    return varint(number << 3 | 2) + varint(len(content)) + content


def varint(value):
    head = bytes()
    while value > 127:
        head += bytes([value & 127 | 128])
        value >>= 7
    return head + bytes([value])


if __name__ == "__main__":
    main()
