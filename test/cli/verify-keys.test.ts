import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { KeyReport } from "../../src/runtime/verify-keys/report.ts";
import type { FaultName } from "../../src/simulator/vlm/faults.ts";
import { type SimulatedVlmOptions, startSimulatedVlm } from "../../src/simulator/vlm/server.ts";
import { freePort } from "../support/free-port.ts";
import { runTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const secretOf = (id: string) => `sk-0123456789-secret-${id}`;

/** A directory with these keys of one provider. */
function configure(url: string, keys: Record<string, object>): string {
  const configDir = join(temporaryDirectory(), "config");
  mkdirSync(configDir);
  const api_keys = Object.entries(keys).map(([id, more]) => ({
    key_id: id,
    key: secretOf(id),
    base_url: url,
    ...more,
  }));
  writeFileSync(join(configDir, "api_keys.yaml"), JSON.stringify({ api_keys }));
  return configDir;
}

async function verifyKeys(configDir: string, ...args: string[]) {
  const dataDir = join(temporaryDirectory(), "data");
  const ended = await runTmon(["verify-keys", "--config-dir", configDir, "--data-dir", dataDir, ...args]);
  expect(ended.stdout + ended.stderr).not.toContain("0123456789");
  return { ...ended, dataDir };
}

const reportsOf = (stdout: string) =>
  new Map((JSON.parse(stdout) as { keys: KeyReport[] }).keys.map((report) => [report.id, report]));

/** What is wrong with each key, by the key's name. */
const faults: Record<string, FaultName | undefined> = {
  good: undefined,
  wrong: "invalid_api_key",
  unpaid: "Arrearage",
  throttled: "limit_requests",
  hanging: "hang",
  blind: "blind",
};

async function simulated(closing: (end: () => Promise<void>) => void, options: SimulatedVlmOptions = {}) {
  const provider = await startSimulatedVlm({
    latencyMs: 20,
    keys: Object.entries(faults).map(([id, fault]) => ({
      key: secretOf(id),
      faults: fault && [{ fault }],
    })),
    ...options,
  });
  closing(() => provider.close());
  return provider;
}

const [yes, no, unknown] = [true, false, null];

describe("tmon verify-keys", () => {
  it("says of each key what it is good for, and ends with 1 if an enabled one fails", async ({
    onTestFinished,
  }) => {
    const provider = await simulated(onTestFinished);
    const keys = { good: {}, wrong: {}, unpaid: {}, throttled: {}, hanging: {}, blind: {} };
    const configDir = configure(provider.url, { ...keys, unused: { enabled: false } });
    const { exitCode, stdout, stderr, dataDir } = await verifyKeys(
      configDir,
      ...["--timeout", "2s", "-o", "json"],
    );

    expect(exitCode, stderr).toBe(1);
    const found = [...reportsOf(stdout).values()].map(
      ({ id, result, code, state, valid, modelReachable, answersPictures, describesPicture }) => [
        ...[id, result, code, state],
        ...[valid, modelReachable, answersPictures, describesPicture],
      ],
    );
    expect(found).toEqual([
      ["good", "ok", null, "healthy", yes, yes, yes, yes],
      ["wrong", "failed", "TMON_VLM_KEY_REJECTED", "disabled", no, unknown, unknown, unknown],
      ["unpaid", "failed", "TMON_VLM_UNPAID", "disabled", yes, unknown, unknown, unknown],
      ["throttled", "failed", "TMON_VLM_THROTTLED", "cooling", yes, unknown, unknown, unknown],
      ["hanging", "failed", "TMON_VLM_TIMEOUT", "cooling", unknown, unknown, no, unknown],
      ["blind", "warning", null, "healthy", yes, yes, yes, no],
      ["unused", "disabled", null, "disabled", unknown, unknown, unknown, unknown],
    ]);
    expect(reportsOf(stdout).get("hanging")?.todo).toContain("--timeout");
    expect(stderr).toContain("SIMULATED: a simulated provider answered 5 keys");
    expect(provider.stats()).toMatchObject({ requests: 6 });
    expect(existsSync(dataDir), "who only looks makes no data directory").toBe(false);
  });

  it("is content with warnings, and says in its table what to do", async ({ onTestFinished }) => {
    const provider = await simulated(onTestFinished);
    const { exitCode, stdout } = await verifyKeys(configure(provider.url, { good: {}, blind: {} }));
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^good +sk-…good +- +qwen3-vl-plus +ok +yes +yes +described +\d+ms +healthy$/m);
    expect(stdout).toMatch(
      /^blind: it was shown a red square, and answered "I am sorry.*\n {2}what to do: /m,
    );
  });

  it("ends with 3 if no provider answered, and with 2 without a key", async ({ onTestFinished }) => {
    const closed = configure(`http://127.0.0.1:${await freePort()}/v1`, { one: {}, two: {} });
    const away = await verifyKeys(closed);
    expect(away.exitCode, away.stderr).toBe(3);
    expect(away.stdout).toContain("TMON_VLM_UNREACHABLE");

    const provider = await simulated(onTestFinished);
    const none = await verifyKeys(configure(provider.url, { good: { enabled: false } }));
    expect(none.exitCode).toBe(2);
    expect(none.stderr).toContain("TMON_NO_API_KEY");
    expect(provider.stats().requests).toBe(0);
  });

  it("with --cheap lists models alone", async ({ onTestFinished }) => {
    const provider = await simulated(onTestFinished);
    const keys = { good: {}, wrong: {}, blind: { model: "no-such-model" } };
    const { exitCode, stdout } = await verifyKeys(
      configure(provider.url, keys),
      ...["--cheap", "-o", "json"],
    );
    expect(exitCode).toBe(1);
    const reports = reportsOf(stdout);
    expect(reports.get("good")).toMatchObject({
      result: "ok",
      modelReachable: yes,
      answersPictures: unknown,
      state: unknown,
    });
    expect(reports.get("wrong")).toMatchObject({ result: "failed", valid: no });
    expect(reports.get("blind")).toMatchObject({ code: "TMON_VLM_MODEL_UNKNOWN", valid: yes });
    expect(provider.stats().requests).toBe(0);
  });

  it("says before what a real provider's answers may cost", async () => {
    // An address that is nobody's: RFC 5737.
    const configDir = configure("http://192.0.2.1/v1", { one: {}, two: {} });
    const { stderr } = await verifyKeys(configDir, "--timeout", "300ms");
    expect(stderr).toMatch(/2 requests with a tiny picture: at most \d+ tokens, 0\.00\d+ yuan/);
  });
});
