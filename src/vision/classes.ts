import { type ObjectClass, objectClasses, roadUserClasses } from "../messages/common.ts";

/** COCO's numbers of the classes tmon knows, of its 80. Source: the order of coco.names. */
const cocoNumbers: Record<ObjectClass, number> = {
  person: 0,
  bicycle: 1,
  car: 2,
  motorcycle: 3,
  bus: 5,
  truck: 7,
  "traffic light": 9,
  "stop sign": 11,
};

/** What each of a model's class numbers means; undefined where tmon has no use for it. */
export type ClassTable = readonly (ObjectClass | undefined)[];

/** The class table of a model with 80 classes (COCO) or 8 (tmon's own, in order); else undefined. */
export function classTableFor(classCount: number): ClassTable | undefined {
  if (classCount === objectClasses.length) return objectClasses;
  if (classCount !== 80) return undefined;
  const table = new Array<ObjectClass | undefined>(80).fill(undefined);
  for (const name of objectClasses) table[cocoNumbers[name]] = name;
  return table;
}

/** Lights and signs are seen and drawn, but never part of a group. */
export function isRoadUser(name: string): boolean {
  return (roadUserClasses as readonly string[]).includes(name);
}
