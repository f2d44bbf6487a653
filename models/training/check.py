"""Compares training with tmon: the pictures both give the network, and PyTorch's answers with onnxruntime-node's.

    python3 check.py CHECKPOINT FILE.onnx FRAMES_DIR [--pictures 8]

Ends with 1 where they differ by more than OpenCV's rounding (it places pixels to a 32nd) or by more than a thousandth.
"""

import argparse
import subprocess
import sys
from pathlib import Path

import cv2
import numpy as np
import torch

from frames import letterboxed
from network import INPUT_HEIGHT, INPUT_WIDTH, Deployed, Detector

PROJECT = Path(__file__).resolve().parents[2]
MOST_GREY_LEVELS, MOST_DIFFERENCE = 8.0, 1e-3


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("file", type=Path)
    parser.add_argument("frames", type=Path)
    parser.add_argument("--pictures", type=int, default=8)
    options = parser.parse_args()
    detector = Detector()
    detector.load_state_dict(torch.load(options.checkpoint, map_location="cpu")["ema"])
    network = Deployed(detector).eval()
    files = sorted((options.frames / "images").iterdir())
    chosen = files[:: max(1, len(files) // options.pictures)][: options.pictures]
    differences = [compare(network, options.file.resolve(), cv2.imread(str(file))) for file in chosen]
    grey, answer = np.max(differences, 0)
    print(f"{len(chosen)} pictures: input differs by at most {grey:.3f} grey levels, answers by {answer:.2e}")
    sys.exit(int(grey > MOST_GREY_LEVELS or answer > MOST_DIFFERENCE))


def compare(network, file, picture):
    """Greatest difference of the inputs, and of the answers to tmon's input."""
    height, width = picture.shape[:2]
    command = ["node", "--import", "./scripts/typescript.mjs", "scripts/model-answer.ts", file, str(width), str(height)]
    rgb = np.ascontiguousarray(picture[:, :, ::-1])
    values = subprocess.run(command, input=rgb.tobytes(), capture_output=True, check=True, cwd=PROJECT).stdout
    values = np.frombuffer(values, np.float32)
    given, answered = np.split(values, [3 * INPUT_WIDTH * INPUT_HEIGHT])
    given = given.reshape(1, 3, INPUT_HEIGHT, INPUT_WIDTH)
    trained = letterboxed(picture).transpose(2, 0, 1)[None]
    with torch.no_grad():
        expected = network(torch.from_numpy(given.copy())).numpy().ravel()
    return np.abs(given - trained).max(), np.abs(answered - expected).max()


if __name__ == "__main__":
    main()
