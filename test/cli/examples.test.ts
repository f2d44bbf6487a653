import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll, describe, expect, it } from "vitest";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();
const root = fileURLToPath(new URL("../..", import.meta.url));
const { commands } = JSON.parse(readFileSync(join(root, "oclif.manifest.json"), "utf8")) as {
  commands: Record<string, { id: string; aliases: string[]; examples?: string[] }>;
};
let count = 0;
const examples = Object.values(commands).flatMap((command) =>
  (command.examples ?? []).map((example) => example.replace("<%= config.bin %>", "tmon")),
);

const groups = new Set<number>();
afterAll(() => {
  for (const group of groups) process.kill(-group, "SIGKILL");
});

/** Runs an example as a shell reads it, in a directory with nothing in it. */
async function tryOut(example: string): Promise<string> {
  const line = example.replaceAll(/\/(etc|var\/lib)\/tmon/g, `${directory}/there`);
  const tmon = 'tmon() { "$NODE" "$ROOT/bin/run.js" "$@"; }; jq() { cat; }; ';
  const { PATH = "" } = process.env;
  const data = join(directory, `data-${++count}`);
  const env = { PATH, HOME: directory, TMON_DATA_DIR: data, NODE: process.execPath, ROOT: root };
  const child = execa("bash", ["-c", tmon + line], {
    cwd: directory,
    env,
    extendEnv: false,
    reject: false,
    stdin: "ignore",
    detached: true,
  });
  const group = child.pid as number;
  groups.add(group);
  // What goes on until a signal has read its command line.
  let stderr = "";
  child.stderr?.on("data", (chunk) => {
    stderr += chunk;
    if (/ runs: | at http|waiting for it/.test(stderr)) process.kill(-group, "SIGTERM");
  });
  await child;
  groups.delete(group);
  return stderr;
}

describe("the examples of every help are command lines that tmon understands", () => {
  it.concurrent.each(examples)("%s", async (example) => {
    // A dashboard has understood its command line when it misses its terminal.
    const said = (await tryOut(example)).replace(/TMON_USAGE: .*stdout is no terminal/, "");
    expect(said).not.toMatch(/TMON_(USAGE|CONFIG_INVALID|TOPIC_UNKNOWN|SOURCE_UNSUPPORTED|INTERNAL)/);
  });

  it("there are two for each command", () => {
    expect(examples.length).toBeGreaterThanOrEqual(2 * 17);
  });
});
