import * as Flags from "@oclif/core/flags";
import { initTopics } from "../terminal/init-topics.ts";
import { loadRunSettings } from "../terminal/settings.ts";
import { busFlags, camelFlags, outputFlag, TmonCommand, wholeNumberFlag } from "./base.ts";

export default class InitTopics extends TmonCommand {
  static override summary = "Create Kafka's topics, or check them";
  static override description =
    "Creates what is missing, with partitions, replicas, retention and sizes as configured, and says what is otherwise; run again it changes nothing. Only with --apply it alters topics that are there, the pipeline's partitions all together. --check ends with 1 if something is missing or otherwise.";
  static override examples = [
    "<%= config.bin %> init-topics --bus kafka",
    "<%= config.bin %> init-topics --bus kafka --check -o json",
  ];
  static override flags = {
    check: Flags.boolean({ description: "only compare", exclusive: ["apply", "dry-run"] }),
    "dry-run": Flags.boolean({ description: "only say what would be done" }),
    apply: Flags.boolean({ description: "alter topics that are otherwise than configured" }),
    "replication-factor": wholeNumberFlag({
      description:
        "replicas of each new topic [default: kafka.yaml's, or 3, or as many as there are brokers]",
      least: 1,
    }),
    output: outputFlag,
    ...busFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(InitTopics);
    const { check, apply, output, "dry-run": dryRun, ...rest } = flags;
    const { "replication-factor": replicationFactor, ...settings } = rest;
    const options = { check, dryRun, apply, replicationFactor, output };
    await initTopics(loadRunSettings(camelFlags(settings)), options);
  }
}
