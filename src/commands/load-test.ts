import * as Flags from "@oclif/core/flags";
import { origins } from "../runtime/load-test/feed.ts";
import { profileNames } from "../runtime/load-test/profile.ts";
import { loadTest } from "../terminal/load-test/load-test.ts";
import {
  busFlags,
  camelFlags,
  cameraFlags,
  outputFlag,
  TmonCommand,
  vlmFlags,
  wholeNumberFlag,
} from "./base.ts";

export default class LoadTest extends TmonCommand {
  static override summary = "Send invented traffic and count what comes of it";
  static override description =
    "With --target self the roles after --from run in this process; with deployment those that run anyway do the work. Latencies count from when a message was to be sent. Profiles: steady; ramp, from nothing to --rate; spike, a tenth of it and all of it in the middle fifth; step, --rate more every tenth of the time, until the system no longer keeps up. Its cameras are its own, and leave the store at the end. Ends with 1 if an objective is missed, 3 if not all of the run could be sent or seen.";
  static override examples = [
    "<%= config.bin %> load-test --rate 50 --for 2m --report load.json --slo 'endToEndMs.p95<2000,vlm.successRate>=0.99,lost=0'",
    "<%= config.bin %> load-test --profile step --from tasks --rate 20 --for 5m",
  ];
  static override flags = {
    target: Flags.option({
      description: "who does the work",
      options: ["self", "deployment"] as const,
      default: "self" as const,
    })(),
    from: Flags.option({
      description: "what is sent: pictures of rendered cameras through a detector, detections, or tasks",
      options: origins,
      default: "detections" as const,
    })(),
    profile: Flags.option({
      description: "how the rate goes over the time",
      options: profileNames,
      default: "steady" as const,
    })(),
    rate: wholeNumberFlag({
      description: "frames a second, invented ones each with one group",
      least: 1,
      default: 10,
    }),
    cameras: wholeNumberFlag({ description: "how many cameras they come from", least: 1, default: 50 }),
    for: Flags.string({ helpValue: "TIME", description: "how long, e.g. 10m", default: "1m" }),
    slo: Flags.string({
      helpValue: "'FIGURE<NUMBER,…'",
      description: "objectives on the report's figures, with <, <=, >, >= or =",
    }),
    model: cameraFlags.model,
    report: Flags.string({ helpValue: "FILE", description: "write the run's figures as JSON when it ends" }),
    output: outputFlag,
    drain: Flags.string({
      helpValue: "TIME",
      description: "how long open work may take at the end [default: 25s]",
    }),
    "allow-remote": Flags.boolean({ description: "Kafka and Redis may be other machines'" }),
    ...vlmFlags,
    ...busFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(LoadTest);
    const { target, from, profile, rate, cameras, slo, report, output, ...rest } = flags;
    const { for: duration, "allow-remote": allowRemote, ...settings } = rest;
    const wishes = { target, from, profile, rate, cameras, duration, slo, report, output, allowRemote };
    await loadTest(wishes, camelFlags(settings), this.config.version);
  }
}
