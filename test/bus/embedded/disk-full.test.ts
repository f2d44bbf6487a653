import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { temporaryDirectory } from "../../support/tmp.ts";
import { type BusTarget, openTestBus } from "../support/test-bus.ts";

const directory = temporaryDirectory();
const script = fileURLToPath(new URL("../support/filler.ts", import.meta.url));

test.each([
  ["a message's value", 10, 100_000],
  ["the book-keeping", 1_500, 1],
])(
  "no room for %s: an error says so, what was written stays, and the bus closes in peace",
  async (_, keyBytes, valueBytes) => {
    const target: BusTarget = {
      kind: "embedded",
      dataDir: `${directory}/${keyBytes}`,
      topics: [{ name: "log", partitions: 2 }],
    };
    // No file may grow above 1 MB (2,048 blocks of 512 bytes): the same to a writer as a full disk.
    const limited = ["-c", 'ulimit -f 2048; exec "$@"', "sh", process.execPath, "--import", "tsx", script];
    const child = spawn("sh", [...limited, JSON.stringify([target, keyBytes, valueBytes])], {
      stdio: ["ignore", "ignore", "ignore", "ipc"],
    });
    onTestFinished(() => void child.kill("SIGKILL"));
    const exited = once(child, "exit");
    const [{ written, code }] = (await once(child, "message")) as [{ written: number; code: string }];
    expect(code).toBe("TMON_DISK_FULL");
    expect(await exited).toEqual([0, null]);

    const bus = await openTestBus(target);
    onTestFinished(() => bus.close());
    let read = 0;
    for await (const { value } of bus.read({ topics: ["log"], from: "earliest", untilEnd: true })) {
      expect(value).toHaveLength(valueBytes);
      read += 1;
    }
    expect(read).toBe(written);
    await bus.produce([{ topic: "log", key: "k", value: Buffer.from("there is room again") }]);
  },
);
