"""Rendered pictures and their truth, as scripts/training-frames.ts writes them, and what training shows of them."""

import json
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from network import CLASSES, INPUT_HEIGHT, INPUT_WIDTH

# Beside and below a picture, as src/vision/letterbox.ts has it.
PADDING = 114
# Smaller in the input, or more hidden, is neither learned nor held against the network.
LEAST_HEIGHT, LEAST_VISIBLE = 7, 0.4
# How often a picture is chosen for an object of the class: often for what is rare or hard to tell apart.
CLASS_WEIGHTS = {"person": 4, "bicycle": 5, "car": 4, "motorcycle": 5, "bus": 4, "truck": 5, "traffic light": 1.5}
CLASS_WEIGHTS["stop sign"] = 1
# Where objects are is where there is something to learn: half of a picture holds two thirds of them.
CROP_WIDTH, CROP_HEIGHT = 288, 192


# Decoded pictures that are kept: 0.7 MB each.
MOST_KEPT = 10_000


class Frames:
    def __init__(self, directories):
        self.files, self.objects, self.sizes = [], [], []
        for directory in map(Path, directories):
            truth = json.loads((directory / "annotations.json").read_text())
            names = {category["id"]: category["name"] for category in truth["categories"]}
            of_image = {}
            for note in truth["annotations"]:
                x, y, width, height = note["bbox"]
                number = CLASSES.index(names[note["category_id"]])
                row = [number, x, y, x + width, y + height, note["visible"]]
                of_image.setdefault(note["image_id"], []).append(row)
            for image in truth["images"]:
                self.files.append(str(directory / "images" / image["file_name"]))
                self.sizes.append((image["width"], image["height"]))
                rows = of_image.get(image["id"], [])
                self.objects.append(np.array(rows, np.float32).reshape(-1, 6))
        self.by_class = self._by_class()
        self.read = lru_cache(MOST_KEPT)(cv2.imread)

    def _by_class(self):
        """Of each class, [image, object] of all that are learned at the detector's own scale."""
        found = [[] for _ in CLASSES]
        for image, objects in enumerate(self.objects):
            learned = is_learned(objects, scale_of(*self.sizes[image]))
            for index in np.flatnonzero(learned):
                found[int(objects[index, 0])].append((image, index))
        return found

    def sample(self, random, kind):
        """A picture for the network and the truth about it.

        kind: "crop" around an object; "frame", the whole picture moved and scaled; "letterbox", as the detector has it.
        Gives [H, W, 3] uint8 in blue green red, and rows of class, x1, y1, x2, y2, share visible in it.
        """
        image, index = self._choose(random)
        picture = self.read(self.files[image])
        objects = self.objects[image].copy()
        if random.random() < 0.5:
            picture = cv2.flip(picture, 1)
            objects[:, [1, 3]] = picture.shape[1] - objects[:, [3, 1]]
        scale, left, top, width, height = self._place(random, kind, picture.shape, objects[index])
        fitted = placed(picture, scale, left, top, width, height)
        return recoloured(fitted, random), move(objects, scale, left, top, width, height)

    def _choose(self, random):
        weights = np.array([CLASS_WEIGHTS[name] * bool(found) for name, found in zip(CLASSES, self.by_class)], float)
        found = self.by_class[random.choice(len(CLASSES), p=weights / weights.sum())]
        return found[random.integers(len(found))]

    def _place(self, random, kind, shape, chosen):
        """Scale, place of the picture's corner, and size of what the network sees."""
        height, width = shape[:2]
        own = scale_of(width, height)
        if kind == "letterbox":
            return own, 0, 0, INPUT_WIDTH, INPUT_HEIGHT
        if kind == "frame":
            scale = own * np.exp(random.uniform(np.log(0.8), np.log(1.25)))
            spare = np.array([INPUT_WIDTH - scale * width, INPUT_HEIGHT - scale * height])
            left, top = random.uniform(np.minimum(spare, 0), np.maximum(spare, 0))
            return scale, left, top, INPUT_WIDTH, INPUT_HEIGHT
        scale = own * np.exp(random.uniform(np.log(0.75), np.log(1.6)))
        middle = scale * (chosen[1:3] + chosen[3:5]) / 2
        if random.random() < 0.15:
            middle = random.uniform(0, scale * np.array([width, height]))
        size = np.array([CROP_WIDTH, CROP_HEIGHT])
        corner = middle - random.uniform(0.15, 0.85, 2) * size
        # Not beyond the picture, where it is large enough.
        corner = np.clip(corner, 0, np.maximum(0, scale * np.array([width, height]) - size))
        return scale, -corner[0], -corner[1], CROP_WIDTH, CROP_HEIGHT


def scale_of(width, height):
    return min(INPUT_WIDTH / width, INPUT_HEIGHT / height)


def placed(picture, scale, left, top, width, height):
    """The picture scaled by the middles of its pixels, its corner at left, top."""
    moved = np.array([[scale, 0, left + 0.5 * scale - 0.5], [0, scale, top + 0.5 * scale - 0.5]])
    return cv2.warpAffine(
        *(picture, moved, (width, height)),
        flags=cv2.INTER_LINEAR,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(PADDING,) * 3,
    )


def letterboxed(picture):
    height, width = picture.shape[:2]
    return placed(picture, scale_of(width, height), 0, 0, INPUT_WIDTH, INPUT_HEIGHT)


def move(objects, scale, left, top, width, height):
    """Objects in the network's picture; what is cut off is hidden."""
    moved = objects.copy()
    moved[:, [1, 3]] = objects[:, [1, 3]] * scale + left
    moved[:, [2, 4]] = objects[:, [2, 4]] * scale + top
    whole = area(moved)
    moved[:, [1, 3]] = moved[:, [1, 3]].clip(0, width)
    moved[:, [2, 4]] = moved[:, [2, 4]].clip(0, height)
    inside = area(moved)
    moved[:, 5] *= inside / np.maximum(whole, 1e-6)
    return moved[inside > 0]


def area(rows):
    return (rows[:, 3] - rows[:, 1]) * (rows[:, 4] - rows[:, 2])


def is_learned(rows, scale=1.0):
    return ((rows[:, 4] - rows[:, 2]) * scale >= LEAST_HEIGHT) & (rows[:, 5] >= LEAST_VISIBLE)


def recoloured(picture, random):
    """Another brightness, contrast and saturation."""
    contrast, saturation, brightness = random.uniform([0.75, 0.7, -20], [1.25, 1.3, 20])
    grey = cv2.cvtColor(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR)
    return cv2.addWeighted(picture, contrast * saturation, grey, contrast * (1 - saturation), brightness)
