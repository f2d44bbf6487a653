"""What the network answers against the truth: SimOTA (YOLOX, Ge et al., 2021), GIoU, binary cross entropy."""

import torch
from torch.nn.functional import binary_cross_entropy_with_logits as cross_entropy
from torch.nn.functional import one_hot

from network import decode

BOX_WEIGHT = 3.0
# A cell may be an object's if it is within so many strides of the object's centre.
CENTRE_RADIUS = 1.5
# An object gets as many cells as its best so many overlap it, summed up.
MOST_CELLS = 10
FAR = 1e5


def loss_of(raw, truth, cells, classes):
    """Mean over the pictures' assigned cells: (box, objectness, class).

    raw: [N, cells, 5 + classes]. truth: a picture's (classes [G], boxes [G, 4] as corners, ignored boxes [I, 4]).
    """
    predicted = corners(decode(raw, cells))
    box = objectness = kind = raw.new_zeros(())
    assigned = 0
    for answer, boxes, (numbers, real, ignored) in zip(raw, predicted, truth):
        cell, owner, overlap = assign(answer.detach(), boxes.detach(), numbers, real, cells)
        wanted = raw.new_zeros(len(cells))
        wanted[cell] = 1
        counts = (~inside(cells, ignored).any(0) | wanted.bool()).float()
        objectness = objectness + cross_entropy(answer[:, 4], wanted, counts, reduction="sum")
        if len(cell):
            box = box + (1 - generalised_iou(boxes[cell], real[owner])).sum()
            target = one_hot(numbers[owner], classes) * overlap[:, None]
            kind = kind + cross_entropy(answer[cell, 5:], target, reduction="sum")
        assigned += len(cell)
    return torch.stack([BOX_WEIGHT * box, objectness, kind]) / max(assigned, 1)


def assign(answer, boxes, numbers, real, cells):
    """Cells that are to find an object: (cell, object, IoU of the cell's box with it), each [assigned]."""
    none = torch.zeros(0, dtype=torch.long)
    if len(real) == 0:
        return none, none, boxes.new_zeros(0)
    within = inside(cells, real)
    near = is_near(cells, real)
    may = (within | near).any(0).nonzero()[:, 0]
    if len(may) == 0:
        return none, none, boxes.new_zeros(0)
    overlap = iou(real[:, None], boxes[None, may])
    likely = (answer[may, 5:].sigmoid() * answer[may, 4:5].sigmoid()).sqrt()
    wrong = -(1 - likely).clamp(min=1e-6).log()
    right = -likely.clamp(min=1e-6).log()
    # Cross entropy with the object's class, over all classes.
    class_cost = (wrong.sum(1)[None] - wrong.T[numbers] + right.T[numbers])
    cost = class_cost - BOX_WEIGHT * (overlap + 1e-8).log() + FAR * ~(within & near)[:, may]
    wanted = overlap.topk(min(MOST_CELLS, len(may)), 1).values.sum(1).int().clamp(min=1)
    rank = cost.argsort(1).argsort(1)
    taken = rank < wanted[:, None]
    # A cell that several objects want goes to the cheapest.
    best = cost.masked_fill(~taken, float("inf")).min(0)
    chosen = best.values.isfinite().nonzero()[:, 0]
    owner = best.indices[chosen]
    return may[chosen], owner, overlap[owner, chosen]


def inside(cells, boxes):
    """[boxes, cells]: whether the middle of the cell is in the box."""
    x, y = middles(cells)
    return (x > boxes[:, 0:1]) & (x < boxes[:, 2:3]) & (y > boxes[:, 1:2]) & (y < boxes[:, 3:4])


def is_near(cells, boxes):
    x, y = middles(cells)
    reach = CENTRE_RADIUS * cells[:, 2]
    return ((x - (boxes[:, 0:1] + boxes[:, 2:3]) / 2).abs() < reach) & (
        (y - (boxes[:, 1:2] + boxes[:, 3:4]) / 2).abs() < reach
    )


def middles(cells):
    return (cells[:, 0] + 0.5) * cells[:, 2], (cells[:, 1] + 0.5) * cells[:, 2]


def corners(boxes):
    centre, half = boxes[..., :2], boxes[..., 2:] / 2
    return torch.cat([centre - half, centre + half], -1)


def area(boxes):
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def overlap_of(a, b):
    sides = torch.minimum(a[..., 2:], b[..., 2:]) - torch.maximum(a[..., :2], b[..., :2])
    return sides.clamp(min=0).prod(-1)


def iou(a, b):
    common = overlap_of(a, b)
    return common / (area(a) + area(b) - common).clamp(min=1e-6)


def generalised_iou(a, b):
    """Source: Rezatofighi et al., 2019."""
    common = overlap_of(a, b)
    union = (area(a) + area(b) - common).clamp(min=1e-6)
    hull = (torch.maximum(a[..., 2:], b[..., 2:]) - torch.minimum(a[..., :2], b[..., :2])).prod(-1)
    return common / union - (hull - union) / hull.clamp(min=1e-6)
