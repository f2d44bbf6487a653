import { basename } from "node:path";
import type { Config } from "../config/config.ts";
import type { ModelFile } from "../config/models/file.ts";
import { counted } from "./counted.ts";
import { say } from "./output.ts";

/** Which cameras show no real road, and by which model all are looked at. */
export function sayCameras({ cameras, detector }: Pick<Config, "cameras" | "detector">): void {
  const rendered = cameras.filter(({ source }) => source === "sim").length;
  if (rendered > 0) {
    const which =
      rendered === cameras.length ? counted(rendered, "camera") : `${rendered} of ${cameras.length} cameras`;
    say(`tmon: SIMULATION: ${which} rendered by tmon, no real ${rendered === 1 ? "road" : "roads"}`);
  }
  say(`tmon: detector model ${basename(detector.model ?? "", ".onnx")} (${detector.model})`);
}

/** The model that a result comes from, as a command's JSON has it: named as in messages. */
export function modelFacts({ type, forSimulation }: ModelFile) {
  return { model: type, ...(forSimulation && { simulationModel: true }) };
}

export function modelText({ type, forSimulation }: ModelFile): string {
  return forSimulation ? `${type}, a simulation model: made for rendered cameras alone` : type;
}
