import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { TmonError } from "../errors.ts";
import type { Source } from "../messages/common.ts";
import { redact, redactValue } from "./redact.ts";
import { parseSimulatedCamera, type SimulatedCamera } from "./simulated-camera.ts";
import { isDecodable } from "./words.ts";

export type CameraUrl =
  | { kind: "file"; path: string; loop: boolean }
  | { kind: "sim"; camera: SimulatedCamera }
  | { kind: "live"; url: string };

export const liveSchemes = ["rtsp", "rtsps", "http", "https"] as const;

/**
 * Reads a camera's URL: `file:PATH`, `file:PATH?loop=1`, `sim:SCENE?seed=N&weather=W`, `rtsp://…`, `http://…`.
 * A relative path is of `directory`.
 * @throws TmonError TMON_SOURCE_UNSUPPORTED
 */
export function parseCameraUrl(url: string, directory: string): CameraUrl {
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(url)?.[1]?.toLowerCase() ?? "";
  if (scheme === "file") return parseFile(url.slice("file:".length), directory);
  if (scheme === "sim") return { kind: "sim", camera: parseSimulatedCamera(url.slice("sim:".length)) };
  if (liveSchemes.some((each) => each === scheme)) return parseLive(url);
  throw new TmonError(
    "TMON_SOURCE_UNSUPPORTED",
    `a camera's URL has ${scheme === "" ? "no scheme" : `the scheme "${scheme}"`}: ${redactValue(url)}`,
    "write file:PATH, file:PATH?loop=1, rtsp://HOST/PATH, http://HOST/PATH or sim:SCENE?seed=N",
  );
}

/** A file may be named by a path alone or as file:///…; a name may have a question mark in it, if the file is there. */
function parseFile(rest: string, directory: string): CameraUrl {
  const [, named = rest, loop] = /^(.*)\?loop=([01])$/.exec(rest) ?? [];
  const path = resolve(directory, named.startsWith("//") ? decodeURIComponent(named.slice(2)) : named);
  const [, option] = /\?(\w+)(?:=[^?/]*)?$/.exec(path) ?? [];
  if (option === undefined || existsSync(path)) return { kind: "file", path, loop: loop === "1" };
  throw new TmonError(
    "TMON_SOURCE_UNSUPPORTED",
    `a camera's file has no option ?${option} of this kind: ${redact(rest)}`,
    "write file:PATH?loop=1 to play it again and again, or file:PATH alone",
  );
}

/** Where a URL ends in a message must be plain, or a part of its password could be shown. */
function parseLive(url: string): CameraUrl {
  if (!/[\s"]/.test(url)) {
    if (isWhole(url)) return { kind: "live", url };
    throw new TmonError(
      "TMON_SOURCE_UNSUPPORTED",
      `a camera's URL cannot be read: ${redact(url)}`,
      "write rtsp://HOST:PORT/PATH, with USER:PASSWORD@ before the host if it asks for them, special characters as %XX (% as %25)",
    );
  }
  throw new TmonError(
    "TMON_SOURCE_UNSUPPORTED",
    "a camera's URL holds a space or a quote",
    "write a space as %20 and a quote as %22, in its password too",
  );
}

/** It names a host, a port there may be, and characters that %XX stand for. */
function isWhole(url: string): boolean {
  if (!/^[a-z]+:\/\/[^/?#]/i.test(url) || !URL.canParse(url)) return false;
  const { hostname, username, password } = new URL(url);
  return hostname !== "" && isDecodable(username + password);
}

export function sourceOf({ kind }: CameraUrl): Source {
  return kind;
}
