import { redact } from "../../../config/redact.ts";

/** ffmpeg's own lines, fit to be shown: without addresses of its parts, and without passwords of URLs. */
export function complaintsOf(stderr: string): string[] {
  return stderr
    .split(/[\r\n]+/)
    .map((line) => redact(line.replace(/^(\[[^\]]*\] *)+/, "")).trim())
    .filter((line) => line !== "");
}
