import type { ModelFile } from "../../config/models/file.ts";
import { encode } from "../../messages/codec.ts";
import { type Box, type DetectedObject, type Source, schemaVersion } from "../../messages/common.ts";
import { enclosing } from "../../vision/box.ts";
import type { Candidate } from "../../vision/yolox.ts";
import { base64Length, fitPictures } from "./fit.ts";
import type { Jpeg } from "./jpeg.ts";

/** A group of road users, with its picture. */
export interface PicturedGroup {
  readonly group: Group;
  readonly jpeg: Jpeg;
}

export interface Group {
  readonly groupIndex: number;
  readonly bbox: Box;
  readonly members: readonly DetectedObject[];
}

/** What is known of a frame besides its groups. */
export interface FrameFacts {
  readonly messageId: string;
  readonly cameraId: string;
  readonly source: Source;
  readonly model: Pick<ModelFile, "type" | "forSimulation">;
  readonly width: number;
  readonly height: number;
  /** Epoch ms in the store's clock. */
  readonly capturedAt: number;
  readonly detectedAt: number;
}

/** Objects as messages have them: the id is the index; pixels with one decimal. */
export function identify(candidates: readonly Candidate[]): DetectedObject[] {
  return candidates.map(({ class: name, confidence, bbox }, objectId) => ({
    objectId,
    class: name,
    confidence: rounded(confidence, 4),
    bbox: bbox.map((value) => rounded(value, 1)) as Box,
  }));
}

/** Groups as messages have them, numbered from 1. */
export function describeGroups(objects: readonly DetectedObject[], groups: readonly number[][]): Group[] {
  return groups.map((indices, index) => {
    const members = indices.map((member) => objects[member]!);
    return { groupIndex: index + 1, bbox: enclosing(members.map(({ bbox }) => bbox)), members };
  });
}

/** One `detection-results` message of at most `maxBytes`, however many pictures it has. */
export async function composeDetection(
  facts: FrameFacts,
  objects: readonly DetectedObject[],
  groups: readonly PicturedGroup[],
  maxBytes: number,
): Promise<Buffer> {
  const jpegs = groups.map(({ jpeg }) => jpeg);
  const whole = encode(detection(facts, objects, groups, jpegs));
  if (whole.length <= maxBytes) return whole;

  const pictures = groups.map(({ group, jpeg }) => ({ jpeg, danger: dangerOf(group.members) }));
  const pictureBytes = jpegs.reduce((sum, { bytes }) => sum + base64Length(bytes.length), 0);
  const omissions = groups.length * `,"imageOmitted":true`.length;
  const budget = Math.max(0, maxBytes - (whole.length - pictureBytes) - omissions);
  return encode(detection(facts, objects, groups, await fitPictures(pictures, budget)));
}

function detection(
  facts: FrameFacts,
  objects: readonly DetectedObject[],
  groups: readonly PicturedGroup[],
  jpegs: readonly (Jpeg | undefined)[],
) {
  const { capturedAt, detectedAt } = facts;
  return {
    schemaVersion,
    messageId: facts.messageId,
    cameraId: facts.cameraId,
    timestamp: new Date(capturedAt).toISOString(),
    frameTimestamp: capturedAt / 1000,
    imageWidth: facts.width,
    imageHeight: facts.height,
    detectedObjects: objects,
    trafficGroups: groups.map(({ group }, index) => ({
      ...summaryOf(group),
      bbox: group.bbox,
      averageConfidence: averageConfidence(group.members),
      memberIndices: group.members.map(({ objectId }) => objectId),
      members: group.members,
      ...(jpegs[index] ? {} : { imageOmitted: true }),
    })),
    groupImages: groups.flatMap(({ group }, index) => {
      const jpeg = jpegs[index];
      return jpeg ? [{ ...summaryOf(group), imageBase64: jpeg.bytes.toString("base64") }] : [];
    }),
    detectionLatency: rounded((detectedAt - capturedAt) / 1000, 4),
    modelType: facts.model.type,
    ...(facts.model.forSimulation && { simulationModel: true }),
    source: facts.source,
    trace: { capturedAt, detectedAt },
  };
}

function summaryOf({ groupIndex, members }: Group) {
  const classes = [...new Set(members.map((member) => member.class))];
  return { groupIndex, objectCount: members.length, classes };
}

function averageConfidence(members: readonly DetectedObject[]): number {
  return rounded(members.reduce((sum, { confidence }) => sum + confidence, 0) / members.length, 4);
}

const unprotected = new Set(["person", "bicycle", "motorcycle"]);

/** People with vehicles come before vehicles alone; then the larger group. */
function dangerOf(members: readonly DetectedObject[]): number {
  const people = members.filter((member) => unprotected.has(member.class)).length;
  const mixed = people > 0 && people < members.length;
  return members.length + (mixed ? 1000 : 0);
}

function rounded(value: number, decimals: number): number {
  return Number(value.toFixed(decimals));
}
