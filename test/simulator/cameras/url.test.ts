import { describe, expect, it } from "vitest";
import { parseCameraUrl, sourceOf } from "../../../src/config/camera-url.ts";
import { TmonError } from "../../../src/errors.ts";

const parse = (url: string) => parseCameraUrl(url, "/");

function refusal(url: string): TmonError {
  try {
    parse(url);
  } catch (error) {
    if (error instanceof TmonError) return error;
  }
  throw new Error(`${url} was taken`);
}

describe("a sim: URL", () => {
  it("names a scene, a seed and a weather", () => {
    const parsed = parse("sim:junction?seed=7&weather=night");
    expect(parsed).toEqual({ kind: "sim", camera: { scene: "junction", seed: 7, weather: "night" } });
    expect(sourceOf(parsed)).toBe("sim");
  });

  it("has seed 1 and daylight where it says nothing else", () => {
    expect(parse("sim:zebra")).toMatchObject({ camera: { scene: "zebra", seed: 1, weather: "day" } });
    expect(parse("sim:zebra?seed=0")).toMatchObject({ camera: { seed: 0 } });
  });

  it.each([
    ["sim:juncton?seed=7", /no scene "juncton"/, /did you mean junction\? known here: junction, highway/],
    ["sim:", /names no scene/, /known here: junction/],
    ["sim:junction?sed=7", /no option "sed"/, /did you mean seed\?/],
    ["sim:junction?weather=nigth", /no weather "nigth"/, /did you mean night\?/],
    ["sim:junction?weather=snowstorm", /no weather/, /^known here: day, dusk, night, rain$/],
    ["sim:junction?seed=-1", /the seed "-1"/, /whole number/],
    ["sim:junction?seed=4294967296", /the seed/, /from 0 to 4294967295/],
    ["sim:junction?seed=1&seed=2", /seed twice/, /once/],
  ])("%s is refused, with what is nearest", (url, what, todo) => {
    const error = refusal(url);
    expect(error.code).toBe("TMON_SOURCE_UNSUPPORTED");
    expect(error.message).toMatch(what);
    expect(error.todo).toMatch(todo);
  });
});
