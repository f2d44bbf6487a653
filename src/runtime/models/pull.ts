import { open, rename } from "node:fs/promises";
import { basename, dirname } from "node:path";
import type { ModelsConfig } from "../../config/config.ts";
import { type CatalogueModel, exportsOf, type ModelExport } from "../../config/models/catalogue.ts";
import { fileOf } from "../../config/models/find.ts";
import { redact } from "../../config/redact.ts";
import { TmonError } from "../../errors.ts";
import { makeDirectory } from "../../make-directory.ts";
import { exportIn, measure } from "./checksum.ts";
import { discard, download } from "./download.ts";
import { asPullError } from "./failure.ts";
import { lock } from "./lock.ts";

export interface Pulled {
  readonly file: string;
  readonly found: ModelExport;
  /** False if it was there already. */
  readonly fetched: boolean;
}

export interface PullOptions {
  signal: AbortSignal;
  /** Bytes there are; `total` is undefined where the server does not say. */
  onProgress(received: number, total: number | undefined): void;
}

/**
 * Fetches a model of the catalogue. The file appears under its name when all of it is there, checked and on the disk;
 * until then it is FILE.part, which the next pull goes on with.
 *
 *   absent -> part -> whole, checked -> there
 *               \-> (not what the catalogue says: discarded)
 *
 * @throws TmonError TMON_MODEL_UNREACHABLE, TMON_MODEL_NOT_FOUND, TMON_MODEL_CHECKSUM, TMON_MODEL_BUSY,
 * TMON_DISK_FULL, TMON_MODELS_DIR_UNWRITABLE; the signal's reason
 */
export async function pullModel(
  model: CatalogueModel & { url: string },
  models: ModelsConfig,
  { signal, onProgress }: PullOptions,
): Promise<Pulled> {
  const file = fileOf(model, models);
  const part = partOf(file);
  const url = sourceOf(model, models);
  try {
    const there = await measure(file);
    if (there && exportIn(model, there)) return { file, found: there, fetched: false };
    makeDirectory(dirname(file));
    const unlock = await lock(`${file}.lock`);
    try {
      let found = await measure(part);
      if (!found || !exportIn(model, found)) {
        const checkLength = (bytes: number) => refuseLength(model, bytes, url);
        const mostBytes = Math.max(...exportsOf(model).map(({ bytes }) => bytes));
        await download(url, part, { signal, onProgress, checkLength, mostBytes });
        found = await check(model, part, url);
      }
      await rename(part, file);
      await discard(part);
      await syncDirectory(dirname(file));
      return { file, found, fetched: true };
    } finally {
      await unlock();
    }
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    throw asPullError(error, { url: redact(url), directory: models.directory });
  }
}

/** Where what was begun of a file lies. */
export function partOf(file: string): string {
  return `${file}.part`;
}

/** Where a model is fetched from. */
export function sourceOf({ url, file }: CatalogueModel & { url: string }, { mirror }: ModelsConfig): string {
  return mirror === undefined ? url : new URL(file, mirror).href;
}

async function check(model: CatalogueModel, part: string, url: string): Promise<ModelExport> {
  const found = await measure(part);
  if (found && exportIn(model, found)) return found;
  await discard(part);
  const { sha256 } = model.export;
  throw notTheModel(model, url, `its SHA-256 is ${found?.sha256 ?? "unknown"}, not ${sha256}`);
}

function refuseLength(model: CatalogueModel, bytes: number, url: string): void {
  const lengths = exportsOf(model).map((known) => known.bytes);
  if (!lengths.includes(bytes))
    throw notTheModel(model, url, `it has ${bytes} bytes, not ${lengths.join(" or ")}`);
}

function notTheModel({ name, file }: CatalogueModel, url: string, why: string): TmonError {
  return new TmonError(
    "TMON_MODEL_CHECKSUM",
    `${redact(url)} is not ${name}: ${why}`,
    `try again, or another mirror (--mirror); ${basename(file)} was left as it was`,
  );
}

/** A name outlives power loss when its directory is written. */
async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
