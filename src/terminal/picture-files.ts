import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { ReceivedMessage } from "../bus/bus.ts";
import { messageOf, TmonError } from "../errors.ts";
import { makeDirectory } from "../make-directory.ts";
import { type MessagePicture, picturesOf } from "../messages/pictures.ts";

/** Writes the pictures of messages into a directory, which it makes. */
export interface PictureFiles {
  /** Resolves when the message's pictures are written. */
  add(message: ReceivedMessage): Promise<void>;
  written(): number;
}

export async function openPictureFiles(directory: string): Promise<PictureFiles> {
  const names = new Set<string>();
  await writable(async () => makeDirectory(directory));
  return {
    async add({ value, timestamp }) {
      for (const picture of picturesOf(value)) {
        const name = fileNameOf(picture, timestamp);
        await writable(() => writeFile(join(directory, name), picture.jpeg));
        names.add(name);
      }
    },
    written: () => names.size,
  };
}

/** Sorts by time: 20261123T080000.123Z_cam-1_0193…_group1.jpg. A repeated message writes its files again. */
function fileNameOf({ at, cameraId, id }: MessagePicture, appendedAt: number): string {
  const time = new Date(at ?? appendedAt).toISOString().replaceAll(/[-:]/g, "");
  return `${[time, shortened(cameraId, 60), shortened(id, 120)].filter(Boolean).join("_")}.jpg`;
}

/** Ids are others' words: no separators, no control characters; a file name has 255 bytes. */
function shortened(text: string, bytes: number): string {
  const safe = text.replaceAll(/[^\p{L}\p{N}._-]/gu, "_");
  return Buffer.from(safe).subarray(0, bytes).toString("utf8").replaceAll("\ufffd", "");
}

async function writable(write: () => Promise<void>): Promise<void> {
  await write().catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOSPC") throw error;
    throw new TmonError(
      "TMON_USAGE",
      `the pictures cannot be written: ${messageOf(error)}`,
      "name a writable directory with --images",
      { cause: error },
    );
  });
}
