import { describe, expect, it } from "vitest";
import { runTmon, startTmon } from "../support/tmon.ts";

describe("a mistake of the command line is told in one line with its cure", () => {
  it.concurrent.each([
    ["up --port abc", '--port is "abc": expected a whole number from 0 to 65535', "--help"],
    ["up --port 99999", '--port is "99999": expected a whole number from 0 to 65535', "--help"],
    ["tail incidents --last 0", '--last is "0": expected a whole number of at least 1', "--help"],
    ["tail incidents --last", "--last has no value", "write one after it"],
    ["tail incidents --from 1 --last 2", "--from cannot be used with --last", "leave one of them out"],
    ["tail", "no topic is named", "name one of detection-results, assessment-tasks"],
    ["schema incidents twice", '"twice" is one argument too many', "--help"],
    ["up --bus rabbit", '--bus is "rabbit"', "say one of embedded, kafka"],
    ["upp", 'there is no command "upp"', "did you mean up?"],
    ["config shw", 'there is no command "config shw"', "did you mean config show?"],
    ["frobnicate", 'there is no command "frobnicate"', "see tmon --help"],
    ["up --camra file:x", "there is no flag --camra", "did you mean --camera?"],
    ["up --pasword=hunter2", "there is no flag --pasword", "--help"],
    ["up --interval fast", '--interval is "fast", which is not a duration', "500ms"],
    ["up --drain soon", '--drain is "soon", which is not a duration', "500ms"],
    ["tail incidents --since then", '--since is "then", which is not a duration', "500ms"],
    ["sim vlm --latency quick", '--latency is "quick", which is not a duration', "lognormal:1s,0.5"],
    [
      "sim vlm --latency lognormal:1s",
      '--latency is "lognormal:1s", which is not a median and a sigma',
      "0.5",
    ],
    ["sim vlm --error-rate 5", "--error-rate 5 is not a share", "0.05"],
    ["sim vlm --qps many", '--qps is "many"', "a number of requests a second, or off"],
  ])("%s", async (line, what, todo) => {
    const { exitCode, stderr, stdout } = await runTmon(line.split(" "));
    const [said = "", cure = ""] = stderr.split("\n").slice(-2);
    expect(said).toBe(`tmon: TMON_USAGE: ${what}`);
    expect(cure).toContain(todo);
    expect(cure).toMatch(/^ {2}what to do: /);
    expect(stderr).not.toContain("hunter2");
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: "" });
  });
});

it("who chose the bus is said; one that is not there is waited for until a signal", async () => {
  const env = { TMON_BUS: "kafka", TMON_KAFKA_BROKERS: "127.0.0.1:9" };
  const tmon = startTmon(["tail", "incidents"], env);
  expect(await tmon.says("waiting for Kafka")).toContain("bus kafka (chosen by environment TMON_BUS)");
  tmon.kill("SIGTERM");
  expect(await tmon.ended).toMatchObject({ exitCode: 0 });
});
