import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { describe, expect, it } from "vitest";
import { runTmon } from "../support/tmon.ts";
import { temporaryDirectory } from "../support/tmp.ts";

const directory = temporaryDirectory();
const picture = join(directory, "picture.png");
const test = (named: string, ...more: string[]) =>
  runTmon(["cameras", "test", named, "--picture", picture, ...more]);

describe("tmon cameras test of a rendered camera", { timeout: 60_000 }, () => {
  it("says what it is, and writes its first picture", async () => {
    const { stdout, exitCode } = await test("sim:zebra?seed=7&weather=rain", "-o", "json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      ...{ kind: "simulated", codec: "rendered", width: 640, height: 360 },
      ...{ framesPerSecond: null, keyFramesOnly: false },
      ...{ model: "tmon-simulated", simulationModel: true },
    });
    // By the model that is shipped for such cameras.
    expect(JSON.parse(stdout).objects.length).toBeGreaterThan(0);
    const { width, height } = await sharp(picture).metadata();
    expect([width, height]).toEqual([640, 360]);
    expect((await sharp(picture).stats()).channels[0]!.stdev).toBeGreaterThan(10);
  });

  it("takes one of cameras.yaml by its id", async () => {
    const config = temporaryDirectory();
    writeFileSync(join(config, "cameras.yaml"), `cameras: [{ id: north, url: "sim:highway?seed=2" }]`);
    const { stdout } = await test("north", "--config-dir", config);
    expect(stdout).toMatch(/^codec +rendered$/m);
    expect(stdout).toMatch(/^model +tmon-simulated, a simulation model: made for rendered cameras alone$/m);
    expect(stdout).toMatch(/^decoding +none: one picture is drawn for every 1.8 s$/m);
  });

  it("leaves nothing in the home directory, as onnxruntime does that reports to its maker", async () => {
    const home = temporaryDirectory();
    const env = { HOME: home, TMPDIR: home };
    expect(await runTmon(["cameras", "test", "sim:zebra", "--picture", picture], env)).toMatchObject({
      exitCode: 0,
    });
    expect(readdirSync(home)).toEqual([]);
  });

  it("names the nearest scene, with exit status 2", async () => {
    const { stderr, exitCode } = await test("sim:roundabuot");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("TMON_SOURCE_UNSUPPORTED");
    expect(stderr).toContain("did you mean roundabout?");
  });
});
