import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { letterHeaders } from "../../src/messages/dead-letter.ts";
import { messagesOf, stopped } from "../support/bus-log.ts";
import { openContext, testConfig } from "../support/context.ts";
import { lacks } from "../support/machine.ts";
import { startRedis } from "../support/redis.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();
const dataDir = join(directory, "data");

const dlq = (dir: string, ...args: string[]) => runTmon(["dlq", ...args, "--data-dir", dir]);

const lines = (stdout: string) =>
  stdout
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line));

async function letters(dir: string, ...args: string[]) {
  return lines((await dlq(dir, "list", "-o", "json", ...args)).stdout);
}

const bytes = Buffer.from([0xff, 0xd8, 0x00, 0x1b, ...Buffer.from("not JSON")]);
const picture = "A".repeat(4000);
const source = { topic: "assessment-tasks", partition: 3, offset: 120, timestamp: 1_795_000_000_000 };
const group = "tmon-scheduler";

/** On partition 3: bytes that are no JSON, a JSON task with a picture, one from a topic nobody knows. */
async function writeLetters(dir: string): Promise<void> {
  const { context, close } = await openContext(testConfig(dir));
  const letter = (value: Buffer, code: string, changes: object = {}) => ({
    topic: "dead-letters",
    key: "cam-1",
    value,
    partition: 3,
    headers: {
      origin: "north\u001b[31m",
      ...letterHeaders({ code, reason: "not JSON", source: { ...source, ...changes }, group }),
    },
  });
  await context.bus.produce([letter(bytes, "TMON_MESSAGE_INVALID")]);
  const task = Buffer.from(JSON.stringify({ taskId: "m_group1", groupImageBase64: picture }));
  await context.bus.produce([letter(task, "TMON_INTERNAL", { offset: 121 })]);
  await context.bus.produce([letter(bytes, "TMON_MESSAGE_INVALID", { topic: "elsewhere" })]);
  await close();
}

describe("dead letters", () => {
  beforeAll(() => writeLetters(dataDir));

  it("are listed with where they came from and why", async () => {
    expect(await letters(dataDir)).toMatchObject([
      { partition: 3, offset: 0, source, code: "TMON_MESSAGE_INVALID", message: "not JSON", bytes: 12 },
      { partition: 3, offset: 1, code: "TMON_INTERNAL", replayed: null },
      { partition: 3, offset: 2, source: { topic: "elsewhere" } },
    ]);
    const { stdout } = await dlq(dataDir, "list");
    expect(stdout).toMatch(
      /^3:0 +\S+ +assessment-tasks 3@120 +tmon-scheduler +TMON_MESSAGE_INVALID +12 +no +not JSON$/m,
    );
  });

  it("are listed by code", async () => {
    expect(await letters(dataDir, "--code", "TMON_INTERNAL")).toMatchObject([{ offset: 1 }]);
  });

  it("are shown with their headers; bytes that are no JSON in hexadecimal, and nothing reaches the terminal raw", async () => {
    const { exitCode, stdout } = await dlq(dataDir, "show", "3:0");
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^error +TMON_MESSAGE_INVALID: not JSON$/m);
    expect(stdout).toMatch(/^source +assessment-tasks 3@120, key cam-1$/m);
    expect(stdout).toMatch(/^read by +tmon-scheduler$/m);
    expect(stdout).toMatch(/^header origin +north\ufffd\[31m$/m);
    expect(stdout).toMatch(/^00000000 {2}ff d8 00 1b 6e 6f 74 20 4a 53 4f 4e +\.\.\.\.not JSON$/m);
  });

  it("are shown as JSON with long words shortened, and whole with -o json", async () => {
    const { stdout } = await dlq(dataDir, "show", "3@1");
    expect(stdout).toMatch(/^ {2}"taskId": "m_group1",$/m);
    expect(stdout).toMatch(/^ {2}"groupImageBase64": "A{40}… \(4000 characters\)"$/m);
    const [whole] = lines((await dlq(dataDir, "show", "3:1", "-o", "json")).stdout);
    expect(whole).toMatchObject({ partition: 3, offset: 1, value: { groupImageBase64: picture } });
    const [raw] = lines((await dlq(dataDir, "show", "3:0", "-o", "json")).stdout);
    expect(raw.valueBase64).toBe(bytes.toString("base64"));
  });

  it("that are not there end with 1", async () => {
    for (const command of ["show", "replay"]) {
      const { exitCode, stderr, stdout } = await dlq(dataDir, command, "3:99");
      expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: "" });
      expect(stderr).toContain("there is no letter 3:99; partition 3 holds 0 to 2");
    }
  });

  it.each([
    [["show", "three"], '"three" is no letter\'s place'],
    [["show", "3:-1"], '"3:-1" is no letter\'s place'],
    [["show", "99:0"], "there is no partition 99"],
    [["replay"], "it is not clear which letters to replay"],
    [["replay", "3:0", "--all"], "it is not clear which letters to replay"],
    [["replay", "3:0", "--code", "TMON_INTERNAL"], "it is not clear which letters to replay"],
    [["replay", "--all", "--code", "NO_SUCH"], 'there is no error code "NO_SUCH"'],
    [["list", "--code", "NO_SUCH"], 'there is no error code "NO_SUCH"'],
  ])("%j is refused", async (args, text) => {
    const { exitCode, stderr } = await dlq(dataDir, ...args);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(`TMON_USAGE: ${text}`);
  });

  it("are listed while the store is away; a replay waits for it a while, or until it is interrupted, and changes nothing", async () => {
    const away = { TMON_REDIS_URL: "redis://127.0.0.1:9" };
    const listing = runTmon(["dlq", "list", "--data-dir", dataDir], away);
    const replaying = startTmon(["dlq", "replay", "--all", "--data-dir", dataDir], away);
    const patient = runTmon(["dlq", "replay", "--all", "--data-dir", dataDir], away);
    const { exitCode, stdout, stderr } = await listing;
    expect(exitCode, stderr).toBe(0);
    expect(stdout).toMatch(/^3:0 .* \? +not JSON$/m);
    expect(stderr).toMatch(
      /^tmon: what was replayed stays unknown: Redis at redis:.* within 6 s\n {2}what to do: see that it runs/m,
    );
    await replaying.says("waiting for Redis");
    replaying.kill("SIGINT");
    expect(await replaying.ended).toMatchObject({ exitCode: 130 });
    expect(await patient).toMatchObject({
      exitCode: 3,
      stdout: "",
      stderr: expect.stringContaining("TMON_STORE_UNREACHABLE: Redis at redis://127.0.0.1:9 does not answer"),
    });
    expect(await messagesOf("assessment-tasks", dataDir)).toEqual([]);
  });

  it("of a code none has are none", async () => {
    for (const args of [["list"], ["replay", "--all"]]) {
      const result = await dlq(dataDir, ...args, "--code", "TMON_SCHEMA_NEWER");
      expect(result).toMatchObject({ exitCode: 0, stdout: "" });
      expect(result.stderr).toContain("there are no dead letters of TMON_SCHEMA_NEWER");
    }
  });

  it.skipIf(lacks("redis"))("are not listed while the store refuses, which is an error", async () => {
    const redis = await startRedis("--requirepass", "another");
    onTestFinished(() => redis.stop());
    const env = { TMON_REDIS_URL: `redis://:hunter2@127.0.0.1:${redis.port}` };
    const { exitCode, stdout, stderr } = await runTmon(["dlq", "list", "--data-dir", dataDir], env);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
    expect(stderr).toMatch(/^tmon: TMON_STORE_REFUSED: .*WRONGPASS.*\n {2}what to do: check redis\.url/m);
    expect(stderr).not.toContain("hunter2");
    const secure = { TMON_REDIS_URL: `rediss://127.0.0.1:${redis.port}` };
    const untalkative = await runTmon(["dlq", "list", "--data-dir", dataDir], secure);
    expect(untalkative).toMatchObject({ exitCode: 2, stdout: "" });
    expect(untalkative.stderr).toContain("TMON_TLS_FAILED");
  });

  it("none are none", async () => {
    const missing = join(directory, "missing");
    for (const args of [["list"], ["replay", "--all"]]) {
      const result = await dlq(missing, ...args);
      expect(result).toMatchObject({ exitCode: 0, stdout: "" });
      expect(result.stderr).toContain("nothing has been written there yet");
    }
  });
});

describe("a replay", () => {
  const dir = join(directory, "replayed");
  beforeAll(() => writeLetters(dir));

  it("--dry-run changes nothing", async () => {
    const { exitCode, stdout, stderr } = await dlq(dir, "replay", "3:0", "--dry-run");
    expect({ exitCode, stdout }).toEqual({
      exitCode: 0,
      stdout: "3:0 would be replayed to assessment-tasks, key cam-1",
    });
    expect(stderr).toContain("1 letter would be replayed");
    expect(await messagesOf("assessment-tasks", dir)).toEqual([]);
  });

  it("puts the original bytes back with their key and headers, and one that says it is a replay", async () => {
    expect(await dlq(dir, "replay", "3:0")).toMatchObject({
      exitCode: 0,
      stdout: "3:0 replayed to assessment-tasks, key cam-1",
    });
    expect(await messagesOf("assessment-tasks", dir)).toMatchObject([
      {
        key: "cam-1",
        valueBase64: bytes.toString("base64"),
        headers: { origin: "north\u001b[31m", "replay-of": "dead-letters/3:0" },
      },
    ]);
    const [message] = await messagesOf("assessment-tasks", dir);
    expect(Object.keys(message?.headers ?? {})).toHaveLength(2);
  });

  it("does no letter twice", async () => {
    const again = await dlq(dir, "replay", "3:0");
    expect(again).toMatchObject({ exitCode: 1, stdout: "3:0 left out: it was replayed before" });
    expect(await messagesOf("assessment-tasks", dir)).toHaveLength(1);
    expect(await letters(dir)).toMatchObject([{ replayed: expect.any(String) }, { replayed: null }, {}]);
  });

  it("of all is of one code, if one is named", async () => {
    const { stdout } = await dlq(dir, "replay", "--all", "--code", "TMON_INTERNAL", "--dry-run");
    expect(stdout).toBe("3:1 would be replayed to assessment-tasks, key cam-1");
  });

  it("of all leaves out what has nowhere to go or went before", async () => {
    const { exitCode, stdout } = await dlq(dir, "replay", "--all", "-o", "json");
    expect(exitCode).toBe(0);
    expect(lines(stdout)).toMatchObject([
      { offset: 0, outcome: "done-before" },
      { offset: 1, outcome: "replayed", topic: "assessment-tasks", key: "cam-1" },
      { offset: 2, outcome: "no-topic" },
    ]);
  });
});

describe("a message that several groups could not read", () => {
  const dir = join(directory, "groups");

  it("is listed once with all of them, and put back once, whichever letter is named", async () => {
    const { context, close } = await openContext(testConfig(dir));
    const frame = { topic: "detection-results", partition: 3, offset: 7, timestamp: 1_795_000_000_000 };
    const groups = ["tmon-generator", "tmon-aggregator"];
    const letter = (from: typeof frame, by: string) => {
      const headers = letterHeaders({ code: "TMON_MESSAGE_INVALID", reason: "no", source: from, group: by });
      return { topic: "dead-letters", key: "", value: bytes, partition: 3, headers };
    };
    // Of the same place in a topic that was made anew.
    const other = { ...frame, timestamp: frame.timestamp + 1 };
    for (const from of [frame, other]) await context.bus.produce(groups.map((by) => letter(from, by)));
    await close();

    expect(await letters(dir)).toMatchObject([
      { offset: 0, groups, source: frame },
      { offset: 2, groups, source: other },
    ]);
    expect((await dlq(dir, "list")).stdout).toMatch(/^3:0 .* tmon-generator, tmon-aggregator +TMON_/m);
    expect((await dlq(dir, "replay", "3:1")).stdout).toBe("3:1 replayed to detection-results, no key");
    const { stdout } = await dlq(dir, "replay", "--all", "-o", "json");
    expect(lines(stdout)).toMatchObject([
      { offset: 0, outcome: "done-before" },
      { offset: 2, outcome: "replayed" },
    ]);
    expect(await messagesOf("detection-results", dir)).toHaveLength(2);
    expect(await letters(dir)).toMatchObject([
      { replayed: expect.any(String) },
      { replayed: expect.any(String) },
    ]);
  });
});

describe("a message a role cannot read", () => {
  const dir = join(directory, "role");

  it("becomes a letter, and a letter of its own again when it is replayed unmended", async () => {
    const { context, close } = await openContext(testConfig(dir));
    await context.bus.produce([{ topic: "detection-results", key: "cam-1", value: bytes }]);
    await close();
    const generator = startTmon(["run", "generator", "--data-dir", dir, "--port", "0"]);
    await generator.says("moved to dead-letters");
    await dlq(dir, "replay", "--all");
    await generator.says(/moved to dead-letters.*moved to dead-letters/s);
    const [first, second] = await letters(dir);
    expect(first).toMatchObject({
      source: { topic: "detection-results", offset: 0 },
      groups: ["tmon-generator"],
      bytes: bytes.length,
    });
    expect(second).toMatchObject({ source: { topic: "detection-results", offset: 1 }, replayed: null });
    const [, message] = await messagesOf("dead-letters", dir);
    expect(message?.headers["replay-of"]).toBe(`dead-letters/${first.partition}:${first.offset}`);
    expect(await stopped(generator)).toEqual([0]);
  });
});
