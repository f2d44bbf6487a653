import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { describe, expect, it } from "vitest";

const module = new URL("../../src/observability/log.ts", import.meta.url);

/** What a process of its own logs: logs go to its stderr. */
async function logged(pretty: boolean): Promise<string> {
  const script = `
    import { createLog } from ${JSON.stringify(fileURLToPath(module))};
    const log = await createLog("info", ${pretty ? "{ pretty: (line) => process.stderr.write(line) }" : "{}"});
    log.info({ group: "tmon-generator", partitions: [0, 1, 2, 3, 7, 9, 10] }, "assigned");
  `;
  const { stderr } = await execa(process.execPath, ["--import", "tsx", "--input-type=module", "-e", script]);
  return stderr;
}

describe("the log", () => {
  it("is one JSON object a line, its partitions as ranges", async () => {
    const entry = JSON.parse(await logged(false));
    expect(entry).toMatchObject({ group: "tmon-generator", partitions: "0-3,7,9-10", msg: "assigned" });
  });

  it("is one line an entry for people too", async () => {
    const text = await logged(true);
    expect(text.trim().split("\n")).toHaveLength(1);
    expect(text).toContain('"partitions":"0-3,7,9-10"');
  });
});
