import { showCameraUrl } from "./camera-url.ts";
import type { LoadedConfig } from "./load.ts";
import { Secret } from "./secret.ts";

export interface ConfigRow {
  key: string;
  value: string;
  source: string;
}

/** Each value with where it came from, by key; secrets masked. */
export function showRows({ provenance }: Pick<LoadedConfig, "provenance">): ConfigRow[] {
  return [...provenance]
    .map(([key, { value, source }]) => ({ key, value: showValue(key, value), source }))
    .toSorted((a, b) => (a.key < b.key ? -1 : 1));
}

function showValue(key: string, value: unknown): string {
  if (value === undefined) return "-";
  if (key === "cameras") return showCameras(value as { id?: string; url: string }[]);
  if (value instanceof Secret) return value.masked();
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** A camera's URL may hold a password. */
function showCameras(cameras: readonly { id?: string; url: string }[]): string {
  return JSON.stringify(cameras.map((camera) => ({ ...camera, url: showCameraUrl(camera.url) })));
}
