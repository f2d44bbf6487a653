import type { ObjectClass } from "../../src/messages/common.ts";
import type { TrueObject } from "../../src/simulator/cameras/truth.ts";
import { iou } from "../../src/vision/box.ts";
import type { Candidate } from "../../src/vision/yolox.ts";

/** What is there in a picture, and what was found in it. */
export interface ScoredPicture {
  readonly objects: readonly Pick<TrueObject, "class" | "box" | "visible">[];
  readonly found: readonly Candidate[];
}

/** Which objects count: the others need not be found, and may be. */
export interface Floor {
  /** Pixels of the picture: from, and below. */
  readonly heights: readonly [number, number];
  /** Least share that is seen. */
  readonly visible: number;
}

/** An answer that counts, and whether an object is there. */
interface Answer {
  readonly confidence: number;
  readonly right: boolean;
}

export interface Answers {
  readonly answers: readonly Answer[];
  /** Objects that are to be found. */
  readonly objects: number;
}

/** Boxes that overlap by half are the same. */
const sameFrom = 0.5;

/**
 * The answers of a class, by the rules of COCO's evaluation: the most confident first, each takes the object it
 * overlaps most, of those that count and are not taken. What overlaps an object that does not count, or is itself too
 * small or too large, is neither right nor wrong.
 */
export function answersOf(pictures: readonly ScoredPicture[], name: ObjectClass, floor: Floor): Answers {
  const answers: Answer[] = [];
  let objects = 0;
  for (const picture of pictures) {
    const same = picture.objects.filter((object) => object.class === name);
    const free = new Set(same.filter((object) => counts(object, floor)));
    const others = same.filter((object) => !free.has(object));
    objects += free.size;
    const found = picture.found.filter((candidate) => candidate.class === name);
    for (const { bbox, confidence } of found.toSorted((a, b) => b.confidence - a.confidence)) {
      const match = [...free]
        .filter(({ box }) => iou(box, bbox) >= sameFrom)
        .toSorted((a, b) => iou(b.box, bbox) - iou(a.box, bbox))[0];
      if (match) {
        free.delete(match);
        answers.push({ confidence, right: true });
      } else if (isWithin(bbox, floor) && others.every(({ box }) => iou(box, bbox) < sameFrom)) {
        answers.push({ confidence, right: false });
      }
    }
  }
  return { answers, objects };
}

function counts({ box, visible }: ScoredPicture["objects"][number], floor: Floor): boolean {
  return visible >= floor.visible && isWithin(box, floor);
}

function isWithin([, top, , bottom]: Candidate["bbox"], { heights: [from, below] }: Floor): boolean {
  return bottom - top >= from && bottom - top < below;
}

/** Precision, at most what is had at any higher recall, averaged over 101 recalls. Undefined without objects. */
export function averagePrecision({ answers, objects }: Answers): number | undefined {
  if (objects === 0) return undefined;
  const sorted = answers.toSorted((a, b) => b.confidence - a.confidence);
  let right = 0;
  const points = sorted.map((answer, index) => {
    right += Number(answer.right);
    return { recall: right / objects, precision: right / (index + 1) };
  });
  for (let i = points.length - 2; i >= 0; i--)
    points[i]!.precision = Math.max(points[i]!.precision, points[i + 1]!.precision);
  let sum = 0;
  let at = 0;
  for (let step = 0; step <= 100; step++) {
    while (at < points.length && points[at]!.recall < step / 100 - 1e-9) at++;
    sum += points[at]?.precision ?? 0;
  }
  return sum / 101;
}

/** Precision and recall of the answers that are so confident. */
export function atConfidence({ answers, objects }: Answers, least: number) {
  const given = answers.filter(({ confidence }) => confidence >= least);
  const right = given.filter((answer) => answer.right).length;
  return {
    precision: given.length === 0 ? undefined : right / given.length,
    recall: objects === 0 ? undefined : right / objects,
  };
}
