import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pino } from "pino";
import stringWidth from "string-width";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadConfig } from "../../src/config/load.ts";
import { cameraStatusKey } from "../../src/messages/camera-status.ts";
import { heartbeatPrefix } from "../../src/runtime/heartbeat.ts";
import { openStore } from "../../src/store/open.ts";
import { openContext, testConfig } from "../support/context.ts";
import { lacks } from "../support/machine.ts";
import { startRedis } from "../support/redis.ts";
import { runTmon, startTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";
import { openTerminal } from "../support/tmux.ts";
import { until } from "../support/until.ts";
import { beat, busy } from "../terminal/top/samples.ts";

/** A data directory in which a busy pipeline lives: its roles are this process. */
async function busyPipeline(): Promise<string> {
  const dataDir = join(temporaryDirectory(), "data");
  const { context, close } = await openContext(testConfig(dataDir));
  const { store, bus } = context;
  const tell = () =>
    Promise.all([
      ...busy.beats!.map((of) => {
        const fresh = { ...of, pid: process.pid, at: store.now() };
        return store.set(`${heartbeatPrefix}${of.role}:${of.instance}`, JSON.stringify(fresh), {
          ttlMs: 6000,
        });
      }),
      ...busy.cameras!.map((of) =>
        store.set(cameraStatusKey(of.cameraId), JSON.stringify(of), { ttlMs: 30_000 }),
      ),
      bus.produce([{ topic: "assessment-tasks", key: "junction-1", value: Buffer.from("{}") }]),
    ]);
  await tell();
  const telling = setInterval(tell, 500);
  onTestFinished(async () => {
    clearInterval(telling);
    await close();
  });
  return dataDir;
}

const top = (dataDir: string, size: { columns: number; rows: number }, env: Record<string, string> = {}) =>
  openTerminal(["top", "--data-dir", dataDir], { ...size, env });
const small = { columns: 80, rows: 24 };
const large = { columns: 200, rows: 60 };

describe.skipIf(lacks("tmux"))("top in a terminal", () => {
  it.each([
    ["80x24", small],
    ["200x60", large],
  ])("fills %s, every line in its place, second after second", async (_, size) => {
    const terminal = await top(await busyPipeline(), size);
    for (let look = 0; look < 3; look++) {
      const lines = (await terminal.shows(/key_7 +disabled[\s\S]*^q quit/m)).split("\n");
      expect(lines[0]).toMatch(/^tmon top {2}embedded bus and store .*\d\d:\d\d:\d\d$/);
      expect(lines[1]).toMatch(/^4 roles {2}50 cameras \(49 live\) {2}10 keys \(9 healthy\) .*p95 1\.9s$/);
      expect(lines[size.rows - 1]).toMatch(/^q quit {3}p pause {3}s sort: trouble/);
      for (const head of [/^STAGE /, /^KEY /])
        expect(lines.filter((line) => head.test(line))).toHaveLength(1);
      for (const line of lines) expect(stringWidth(line)).toBeLessThan(size.columns);
      const clock = lines[0]!.slice(-8);
      await until(async () => !(await terminal.frame()).includes(clock), { what: "the next look" });
    }
    await terminal.shows(/^tasks +[12]\.\d +\S/m);
  });

  it("draws a window of another size anew", async () => {
    const terminal = await top(await busyPipeline(), large);
    await terminal.shows(/^q quit/m);
    await terminal.resize(80, 24);
    const lines = (await terminal.shows(/KEY 9\/10/)).split("\n");
    expect(lines[0]).toMatch(/^tmon top/);
    expect(lines[23]).toMatch(/^q quit/);
    await terminal.resize(200, 60);
    await terminal.shows(/CAMERA 46\/50/);
  });

  it("red is only what needs a person", async () => {
    const terminal = await top(await busyPipeline(), small);
    await terminal.shows("key_7");
    const [, ...painted] = (await terminal.frame({ colours: true })).split("\x1b[31m");
    const red = painted.map((text) => text.split("\x1b")[0]).join("");
    expect(red).toContain("key key_7 is disabled");
    expect(red).toContain("  disabled");
    expect(red).not.toContain("healthy");
  });

  it("takes keys: sorts, stands still and goes on, explains itself", async () => {
    const terminal = await top(await busyPipeline(), small);
    await terminal.shows(/KEY.*\n *key_7/);
    await terminal.press("s");
    await terminal.shows(/KEY.*\n *key_1 /);
    await terminal.press("?");
    await terminal.shows("heals by itself");
    await terminal.press("?", "p");
    await terminal.shows(/PAUSED.*\n(.*\n)+.*p go on/);
    await terminal.press("p");
    await terminal.shows(/p pause/);
  });

  it.each([
    ["q", "status 0"],
    ["C-c", "status 0"],
    ["SIGTERM", "status 0"],
    ["SIGHUP", "status 0"],
    ["SIGUSR2", "TMON_INTERNAL: a bug in tmon: off by one"],
  ] as const)("%s leaves the terminal as it was", async (end, says) => {
    const fault = fileURLToPath(new URL("../support/throw-on-signal.mjs", import.meta.url));
    const terminal = await top(await busyPipeline(), small, { NODE_OPTIONS: `--import=${fault}` });
    await terminal.shows(/key_7/);
    expect(await terminal.modes()).toBe("1 0");
    if (end.startsWith("SIG")) process.kill(terminal.pid(), end as NodeJS.Signals);
    else await terminal.press(end);
    const text = await terminal.ended();
    expect(text).toMatch(/^before\ntmon: bus embedded/);
    expect(text).toContain(says);
    expect(text).not.toContain("STAGE");
    expect(text).not.toMatch(/-icanon|-echo/);
    expect(await terminal.modes()).toBe("0 1");
  });

  it("shows a role as dead within seconds of its kill -9, and is not troubled by it", async () => {
    const dataDir = await busyPipeline();
    const generator = startTmon([
      "run",
      "generator",
      "--data-dir",
      dataDir,
      "--port",
      "0",
      "--instance",
      "mortal",
    ]);
    const terminal = await top(dataDir, { columns: 120, rows: 50 });
    await terminal.shows(/generator +up +mortal/);
    generator.kill("SIGKILL");
    await terminal.shows(/generator +dead \S+ +mortal/);
    await terminal.shows("generator mortal is dead: its process is gone");
    await terminal.shows(/scheduler +up/);
  });

  it("waits for a data directory, and shows what comes", async () => {
    const dataDir = join(temporaryDirectory(), "later");
    const terminal = await top(dataDir, large);
    await terminal.shows(`bus and store: nothing has been written to ${dataDir} yet`);
    const { context, close } = await openContext(testConfig(dataDir));
    onTestFinished(close);
    await context.bus.produce([{ topic: "assessment-tasks", key: "a", value: Buffer.from("{}") }]);
    await terminal.shows(/tasks .*tmon-scheduler +1 /);
  });

  it("writes nothing into the bus", async () => {
    const dataDir = join(temporaryDirectory(), "data");
    const { context, close } = await openContext(testConfig(dataDir));
    await context.bus.produce([{ topic: "assessment-tasks", key: "a", value: Buffer.from("{}") }]);
    await close();
    const lastWrite = async () => {
      const { open } = await import("lmdb");
      const root = open(join(dataDir, "bus.mdb"), { noSubdir: true, readOnly: true });
      const { lastTxnId } = root.getStats() as { lastTxnId: number };
      await root.close();
      return lastTxnId;
    };
    const before = await lastWrite();
    const terminal = await top(dataDir, small);
    await terminal.shows(/tasks .*tmon-scheduler +1 /);
    await terminal.press("q");
    await terminal.ended();
    expect(before).toBeGreaterThan(0);
    expect(await lastWrite()).toBe(before);
  });

  it.skipIf(lacks("redis"))("goes on while Redis and Kafka are away, and when Redis comes back", async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const away = { TMON_REDIS_URL: redis.url, TMON_BUS: "kafka", TMON_KAFKA_BROKERS: "127.0.0.1:9" };
    const terminal = await top(temporaryDirectory(), large, away);
    await terminal.shows("bus: waiting for Kafka at 127.0.0.1:9");
    await terminal.shows("0 roles");
    const { config } = loadConfig({ flags: {}, env: away, cwd: "/", home: "/" });
    const store = await openStore(config, pino({ level: "silent" }));
    onTestFinished(() => store.close());
    await store.set(`${heartbeatPrefix}generator:edge-1`, JSON.stringify({ ...beat(), at: store.now() }));
    await terminal.shows(/generator +up +edge-1/);
    await redis.stop();
    await terminal.shows("store: Redis is away");
    await terminal.shows(/generator +up +edge-1/);
    await redis.restart();
    await terminal.shows(/^bus: waiting.*\n\n/m);
  });
});

describe("top without a terminal", () => {
  it("--once prints one moment, with rates", async () => {
    const dataDir = await busyPipeline();
    const { exitCode, stdout } = await runTmon(["top", "--once", "--data-dir", dataDir]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^tasks +[12]\.\d .*tmon-scheduler/m);
    expect(stdout.match(/^junction-\d+ +\w+/gm)).toHaveLength(50);
    expect(stdout).not.toContain("\x1b");
    expect(stdout).not.toContain("quit");
  });

  it("--once -o json prints the same for programs", async () => {
    const dataDir = await busyPipeline();
    const { exitCode, stdout } = await runTmon(["top", "--once", "-o", "json", "--data-dir", dataDir]);
    expect(exitCode).toBe(0);
    const seen = JSON.parse(stdout);
    expect(seen.perSecond).toMatchObject({ detections: 0, tasks: expect.closeTo(2, 0), results: 0 });
    expect(seen.lag).toContainEqual({
      group: "tmon-generator",
      of: "detections",
      lag: 0,
      oldestUnreadMs: null,
    });
    expect(seen.keys.find(({ id }: { id: string }) => id === "key_7")).toMatchObject({
      state: "disabled",
      reason: "the account is unpaid",
      latencyMs: { p50: 910, p95: 1900 },
      requests: { used: 212, limit: 300 },
    });
    expect(seen.cameras).toHaveLength(50);
    expect(seen.roles.map(({ role, state }: { role: string; state: string }) => `${role} ${state}`)).toEqual([
      "detector up",
      "generator up",
      "scheduler up",
      "aggregator up",
    ]);
    expect(seen).toMatchObject({
      bus: { kind: "embedded", trouble: null },
      endToEndMs: { p50: 1234, p95: 1876 },
    });
  });

  it("--once ends with 3 where there is nothing to ask", async () => {
    const dataDir = join(temporaryDirectory(), "missing");
    const { exitCode, stdout } = await runTmon(["top", "--once", "-o", "json", "--data-dir", dataDir]);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toMatchObject({
      store: { trouble: expect.stringContaining("nothing has been written") },
    });
    expect(existsSync(dataDir)).toBe(false);
  });

  it.each([
    [[], "stdout is no terminal"],
    [["-o", "json"], "-o json is one snapshot"],
  ])("refuses to draw into a pipe: %s", async (args, why) => {
    const { exitCode, stderr } = await runTmon(["top", ...args, "--data-dir", temporaryDirectory()]);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(why);
    expect(stderr).toContain("--once");
  });
});
