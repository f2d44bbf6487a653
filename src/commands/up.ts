import * as Flags from "@oclif/core/flags";
import { runUp } from "../terminal/up.ts";
import { camelFlags, cameraFlags, daemonFlags, TmonCommand, vlmFlags } from "./base.ts";

export default class Up extends TmonCommand {
  static override summary = "Run everything in this process: cameras to verdicts";
  static override description =
    "Detector, generator, scheduler and aggregator on one bus and one store. Without a camera there are six simulated ones, which tmon draws itself. Without an API key the VLM is simulated, on loopback, and every verdict says so.";
  static override examples = [
    "<%= config.bin %> up",
    "<%= config.bin %> up --cameras 50 --for 60s --report run.json",
    "<%= config.bin %> up --camera file:road.mp4 --model yolox-nano",
    "<%= config.bin %> up --camera 'north=file:north.mp4?loop=1' --camera 'south=file:south.mp4?loop=1' --model yolox-nano --interval 1s --for 10m --report run.json",
  ];
  static override flags = {
    ...cameraFlags,
    ...vlmFlags,
    ...daemonFlags,
    report: Flags.string({ helpValue: "FILE", description: "write the run's figures as JSON when it ends" }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Up);
    await runUp(camelFlags(flags), this.config.version);
  }
}
