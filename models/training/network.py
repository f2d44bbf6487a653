"""The detector: YOLOX's layout (Ge et al., 2021) with plain 3x3 convolutions and ReLU, which CPUs run fast.

Input [N, 3, H, W]: blue green red, 0-255, H and W multiples of 32. Output [N, cells, 5 + classes], the cells of strides
8, 16 and 32 one after another: offset of the centre from the cell and logarithm of the size, both in strides, then
objectness and class probabilities. src/vision/yolox.ts decodes the same.
"""

import math

import torch
from torch import nn

CLASSES = ["person", "bicycle", "car", "motorcycle", "bus", "truck", "traffic light", "stop sign"]
STRIDES = [8, 16, 32]
INPUT_WIDTH, INPUT_HEIGHT = 416, 256


class Convolution(nn.Sequential):
    def __init__(self, inputs, outputs, kernel=3, stride=1):
        super().__init__(
            nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, bias=False),
            nn.BatchNorm2d(outputs, eps=1e-3, momentum=0.03),
            nn.ReLU(inplace=True),
        )


class Bottleneck(nn.Module):
    def __init__(self, channels, residual):
        super().__init__()
        self.layers = nn.Sequential(Convolution(channels, channels, 1), Convolution(channels, channels))
        self.residual = residual

    def forward(self, x):
        return x + self.layers(x) if self.residual else self.layers(x)


class CrossStage(nn.Module):
    """Cross stage partial block: half of the channels go through the bottlenecks, half past them."""

    def __init__(self, inputs, outputs, depth=1, residual=True):
        super().__init__()
        half = outputs // 2
        self.through = nn.Sequential(
            Convolution(inputs, half, 1), *(Bottleneck(half, residual) for _ in range(depth))
        )
        self.past = Convolution(inputs, half, 1)
        self.join = Convolution(2 * half, outputs, 1)

    def forward(self, x):
        return self.join(torch.cat([self.through(x), self.past(x)], 1))


class PyramidPooling(nn.Module):
    """Spatial pyramid pooling, 5, 9 and 13 cells wide by pooling one after another."""

    def __init__(self, channels):
        super().__init__()
        self.reduce = Convolution(channels, channels // 2, 1)
        self.pool = nn.MaxPool2d(5, 1, 2)
        self.join = Convolution(2 * channels, channels, 1)

    def forward(self, x):
        maps = [self.reduce(x)]
        for _ in range(3):
            maps.append(self.pool(maps[-1]))
        return self.join(torch.cat(maps, 1))


class Head(nn.Module):
    """Classes on one branch, box and objectness on another."""

    def __init__(self, inputs, channels, classes):
        super().__init__()
        self.stem = Convolution(inputs, channels, 1)
        self.class_branch = Convolution(channels, channels)
        self.box_branch = Convolution(channels, channels)
        self.classes = nn.Conv2d(channels, classes, 1)
        self.box = nn.Conv2d(channels, 5, 1)
        # Nearly all cells are empty: begin with a probability of 1 %.
        rare = -math.log(99)
        nn.init.constant_(self.classes.bias, rare)
        nn.init.constant_(self.box.bias[4:], rare)

    def forward(self, x):
        x = self.stem(x)
        both = torch.cat([self.box(self.box_branch(x)), self.classes(self.class_branch(x))], 1)
        return both.flatten(2).transpose(1, 2)


class Detector(nn.Module):
    def __init__(self, classes=len(CLASSES)):
        super().__init__()
        # Half of what is computed is spent at strides 4 and 8, where the small ones are told apart.
        self.stride4 = nn.Sequential(Convolution(3, 16, stride=2), Convolution(16, 32, stride=2), CrossStage(32, 32))
        self.stride8 = nn.Sequential(Convolution(32, 64, stride=2), CrossStage(64, 64, depth=2))
        self.stride16 = nn.Sequential(Convolution(64, 96, stride=2), CrossStage(96, 96, depth=2))
        self.stride32 = nn.Sequential(
            Convolution(96, 128, stride=2), PyramidPooling(128), CrossStage(128, 128, residual=False)
        )
        self.up = nn.Upsample(scale_factor=2, mode="nearest")
        self.lateral32 = Convolution(128, 96, 1)
        self.down_to16 = CrossStage(192, 96, residual=False)
        self.lateral16 = Convolution(96, 64, 1)
        self.down_to8 = CrossStage(128, 64, residual=False)
        self.shrink8 = Convolution(64, 64, stride=2)
        self.up_to16 = CrossStage(128, 96, residual=False)
        self.shrink16 = Convolution(96, 96, stride=2)
        self.up_to32 = CrossStage(192, 128, residual=False)
        self.heads = nn.ModuleList(Head(inputs, 48, classes) for inputs in (64, 96, 128))

    def forward(self, x):
        """Objectness and classes as logits."""
        c8 = self.stride8(self.stride4(x))
        c16 = self.stride16(c8)
        p32 = self.lateral32(self.stride32(c16))
        p16 = self.lateral16(self.down_to16(torch.cat([self.up(p32), c16], 1)))
        n8 = self.down_to8(torch.cat([self.up(p16), c8], 1))
        n16 = self.up_to16(torch.cat([self.shrink8(n8), p16], 1))
        n32 = self.up_to32(torch.cat([self.shrink16(n16), p32], 1))
        return torch.cat([head(n) for head, n in zip(self.heads, (n8, n16, n32))], 1)


class Deployed(nn.Module):
    """As it is exported: probabilities in place of logits."""

    def __init__(self, detector):
        super().__init__()
        self.detector = detector

    def forward(self, x):
        out = self.detector(x)
        return torch.cat([out[..., :4], out[..., 4:].sigmoid()], -1)


def cells_of(width, height):
    """Of every cell: x and y of its corner in strides, and its stride; [cells, 3]."""
    parts = []
    for stride in STRIDES:
        y, x = torch.meshgrid(torch.arange(height // stride), torch.arange(width // stride), indexing="ij")
        parts.append(torch.stack([x, y, torch.full_like(x, stride)], -1).reshape(-1, 3))
    return torch.cat(parts).float()


def decode(raw, cells):
    """Boxes as centre x, centre y, width, height in pixels of the input."""
    stride = cells[:, 2:]
    return torch.cat([(raw[..., :2] + cells[:, :2]) * stride, raw[..., 2:4].exp() * stride], -1)
