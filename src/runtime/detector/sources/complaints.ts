/** ffmpeg's own lines, fit to be shown: without addresses of its parts, and without passwords of URLs. */
export function complaintsOf(stderr: string): string[] {
  return stderr
    .split(/[\r\n]+/)
    .map((line) =>
      line
        .replace(/^(\[[^\]]*\] *)+/, "")
        .replace(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@]+@/gi, "$1…@")
        .trim(),
    )
    .filter((line) => line !== "");
}
