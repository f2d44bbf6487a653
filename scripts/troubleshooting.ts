/** Writes the codes into docs/troubleshooting.md: each with its cause, its cure and its exit status. */
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type ErrorCode, errors } from "../src/errors.ts";

export const troubleshooting = fileURLToPath(new URL("../docs/troubleshooting.md", import.meta.url));
const start = "<!-- codes: written by npm run build -->";

/** The document with its list of codes as the code has them. */
export function withCodes(document: string): string {
  const at = document.indexOf(start);
  if (at < 0) throw new Error(`docs/troubleshooting.md has no line ${start}`);
  const sections = (Object.keys(errors) as ErrorCode[]).map(sectionOf);
  return `${document.slice(0, at)}${start}\n\n${sections.join("\n")}`;
}

function sectionOf(code: ErrorCode): string {
  const { exit, cause, cure, ...rest } = errors[code];
  const end = "task" in rest ? "Ends one task, frame or message, never a process" : `Exit status ${exit}`;
  return `### ${code}\n\n${cause} ${end}.\n\n**What to do:** ${cure}\n`;
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(troubleshooting, withCodes(await readFile(troubleshooting, "utf8")));
