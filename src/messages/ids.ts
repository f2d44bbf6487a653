import { v7, validate, version } from "uuid";

/** UUIDv7: sortable by time, so that of two frames with one timestamp the later is known. */
export function newMessageId(): string {
  return v7();
}

export function taskIdOf(messageId: string, groupIndex: number): string {
  return `${messageId}_group${groupIndex}`;
}

/** A cameraId as the seed's front end compares it: a number where it looks like one. */
export function seedCameraId(cameraId: string): string | number {
  return /^(0|[1-9][0-9]{0,14})$/.test(cameraId) ? Number(cameraId) : cameraId;
}

/** When a UUIDv7 was made, epoch ms; undefined for any other id. */
export function timeOfId(id: string): number | undefined {
  return validate(id) && version(id) === 7
    ? Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)
    : undefined;
}
