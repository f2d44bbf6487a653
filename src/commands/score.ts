import { Flags } from "@oclif/core";
import { showScore } from "../terminal/score.ts";
import {
  camelFlags,
  cameraFlags,
  configFlags,
  outputFlag,
  TmonCommand,
  vlmFlags,
  wholeNumberFlag,
} from "./base.ts";

export default class Score extends TmonCommand {
  static override summary = "Measure how much of scripted dangers is told, on simulated cameras";
  static override description =
    "The whole pipeline watches simulated cameras whose dangers are known; their incidents are compared with them: recall, precision, time to alert, calls, for each kind. The simulated provider judges pedestrian_conflict and tailgating alone, from boxes, so that it measures the plumbing; with real keys and --spend the VLM is measured. Bus and store are its own and gone at the end. Thresholds are for all judged kinds together. Ends with 1 below one of them, 3 if there was nothing to measure by.";
  static override examples = [
    "<%= config.bin %> score --seed 7 -o json",
    "<%= config.bin %> score --cameras 12 --for 5m --min-recall 0.5",
  ];
  static override flags = {
    seed: wholeNumberFlag({ description: "of the first camera; the others' follow", least: 0, default: 1 }),
    cameras: wholeNumberFlag({
      description: "how many, each another scene",
      least: 1,
      most: 1000,
      default: 8,
    }),
    for: Flags.string({ helpValue: "TIME", description: "how long they are watched", default: "2m" }),
    "min-recall": Flags.string({ helpValue: "0.8", description: "least share of dangers that is told" }),
    "min-precision": Flags.string({
      helpValue: "0.8",
      description: "least share of incidents that is right",
    }),
    model: cameraFlags.model,
    interval: cameraFlags.interval,
    ...vlmFlags,
    output: outputFlag,
    "config-dir": configFlags["config-dir"],
    "log-level": configFlags["log-level"],
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Score);
    const { seed, cameras, for: duration, output, ...rest } = flags;
    const { minRecall, minPrecision, ...settings } = camelFlags(rest);
    await showScore({ seed, cameras, duration, minRecall, minPrecision, output }, settings);
  }
}
