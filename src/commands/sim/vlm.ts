import * as Flags from "@oclif/core/flags";
import { runSimulatedVlm } from "../../terminal/simulated-vlm.ts";
import { TmonCommand, wholeNumberFlag } from "../base.ts";

export default class SimVlm extends TmonCommand {
  static override summary = "Run a simulated VLM provider on loopback";
  static override description =
    "OpenAI-compatible, at /compatible-mode/v1/chat/completions, with DashScope's limits and errors. It judges by geometric rules from the objects in the request, and marks each answer with the header x-tmon-simulated: 1. GET /stats says what it was asked, by key and by account. Flags count before the scenario file, which gives accounts, keys and their faults: docs/guide.md.";
  static override examples = [
    "<%= config.bin %> sim vlm --latency lognormal:1s,0.5 --rpm 300 --tpm 200000",
    "<%= config.bin %> sim vlm --scenario provider.yaml",
  ];
  static override flags = {
    port: wholeNumberFlag({
      description: "port on loopback; 0 = any",
      default: 7790,
      least: 0,
      most: 65_535,
    }),
    scenario: Flags.string({ helpValue: "FILE", description: "accounts, keys and their faults, as YAML" }),
    latency: Flags.string({
      helpValue: "TIME",
      description:
        "time from request to answer: 800ms, lognormal:1s,0.5 (median, sigma), lognormal:mean=1s,0.5 or trace:FILE (milliseconds a line) [default: 800ms]",
    }),
    "error-rate": Flags.string({ helpValue: "0..1", description: "share of requests answered with a 500" }),
    seed: wholeNumberFlag({
      description: "the same seed gives each key the same faults and latencies [default: 1]",
      least: 0,
    }),
    rpm: wholeNumberFlag({ description: "requests let through in any 60 s [default: all]", least: 1 }),
    tpm: wholeNumberFlag({ description: "tokens let through in any 60 s [default: all]", least: 1 }),
    qps: Flags.string({
      helpValue: "N|off",
      description: "requests let through in any second [default: a sixtieth of --rpm]",
    }),
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(SimVlm);
    await runSimulatedVlm({ ...flags, errorRate: flags["error-rate"] });
  }
}
