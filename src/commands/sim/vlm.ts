import { Flags } from "@oclif/core";
import { runSimulatedVlm } from "../../terminal/simulated-vlm.ts";
import { TmonCommand, wholeNumberFlag } from "../base.ts";

export default class SimVlm extends TmonCommand {
  static override summary = "Run a simulated VLM provider on loopback";
  static override description =
    "OpenAI-compatible, at /compatible-mode/v1/chat/completions. It judges by geometric rules from the objects in the request, and marks each answer with the header x-tmon-simulated: 1. GET /stats says what it was asked.";
  static override examples = [
    "<%= config.bin %> sim vlm --port 7790 --latency 800ms",
    "<%= config.bin %> sim vlm --port 0 --error-rate 0.05 --seed 7",
  ];
  static override flags = {
    port: wholeNumberFlag({
      description: "port on loopback; 0 = any",
      default: 7790,
      least: 0,
      most: 65_535,
    }),
    latency: Flags.string({
      helpValue: "TIME",
      description: "time from request to answer",
      default: "800ms",
    }),
    "error-rate": Flags.string({
      helpValue: "0..1",
      description: "share of requests answered with a 500",
      default: "0",
    }),
    seed: wholeNumberFlag({ description: "the same seed fails the same requests", least: 0, default: 1 }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(SimVlm);
    await runSimulatedVlm({ ...flags, errorRate: flags["error-rate"] });
  }
}
