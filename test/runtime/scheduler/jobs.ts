import { encode } from "../../../src/messages/codec.ts";
import type { Box } from "../../../src/messages/common.ts";
import { taskIdOf } from "../../../src/messages/ids.ts";
import { decodeTask } from "../../../src/messages/received-task.ts";
import type { Receipt } from "../../../src/runtime/receipt.ts";
import { createJob, type Job } from "../../../src/runtime/scheduler/job.ts";

export interface JobTraits {
  camera?: string;
  messageId?: string;
  group?: number;
  /** Captured at, epoch ms. */
  at?: number;
  classes?: string[];
  bbox?: Box;
  tracks?: number[];
  bytes?: number;
}

let created = 0;

/** A task with a small picture, as a message; boxes of different tasks do not overlap unless told. */
export function aTask(traits: JobTraits = {}) {
  created += 1;
  const { camera = "cam-1", messageId = `m-${String(created).padStart(6, "0")}`, group = 1 } = traits;
  const {
    classes = ["car", "car"],
    bbox = [created * 100, 0, created * 100 + 50, 50],
    at = Date.now(),
  } = traits;
  return {
    taskId: taskIdOf(messageId, group),
    requestId: messageId,
    cameraId: camera,
    timestamp: new Date(at).toISOString(),
    groupIndex: group,
    groupImageBase64: "/9j/4AAQ",
    detectedObjects: classes.map((name, index) => ({
      objectId: index,
      class: name,
      confidence: 0.9,
      bbox,
      ...(traits.tracks ? { trackId: traits.tracks[index] } : {}),
    })),
    groupMetadata: { objectCount: classes.length, classes, bbox },
    imageWidth: 640,
    imageHeight: 360,
    source: "file" as const,
  };
}

export function aJob(traits: JobTraits = {}): Job {
  const value = encode(aTask(traits));
  return createJob(decodeTask(value), aReceipt({ bytes: traits.bytes ?? value.length }), {
    tokens: 0,
    mostUsage: () => ({ promptTokens: 600, completionTokens: 60 }),
  });
}

export function aReceipt(changes: Partial<Receipt> = {}): Receipt & { acknowledged: number } {
  const receipt = {
    topic: "assessment-tasks",
    partition: 0,
    offset: 0,
    bytes: 0,
    acknowledged: 0,
    acknowledge() {
      receipt.acknowledged += 1;
    },
    abandon() {},
    owned: () => true,
    ...changes,
  };
  return receipt;
}
