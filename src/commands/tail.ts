import { Args, Flags } from "@oclif/core";
import { loadRunSettings } from "../terminal/settings.ts";
import { tail } from "../terminal/tail.ts";
import { busFlags, camelFlags, outputFlag, TmonCommand } from "./base.ts";

export default class Tail extends TmonCommand {
  static override summary = "Print a topic's messages as they come";
  static override description =
    "Starts with the last ten messages, or with --until-end at the beginning. With -o json each line is {topic, partition, offset, key, timestamp, headers, value}, the value never altered.";
  static override examples = [
    "<%= config.bin %> tail risk-assessment-results",
    "<%= config.bin %> tail detection-results --since 10m --camera cam-1 --until-end -o json | jq .value.detectedObjects",
  ];
  static override args = { topic: Args.string({ description: "the topic", required: true }) };
  static override flags = {
    from: Flags.string({
      helpValue: "earliest|OFFSET|TIME",
      description: "where to start",
      exclusive: ["since", "last"],
    }),
    since: Flags.string({ helpValue: "10m", description: "start this long ago", exclusive: ["last"] }),
    last: Flags.integer({ helpValue: "N", description: "start with the last N messages", min: 1 }),
    "until-end": Flags.boolean({ description: "stop at the end as it is now" }),
    camera: Flags.string({ helpValue: "ID", description: "messages of this camera only" }),
    output: outputFlag,
    ...busFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tail);
    await tail(loadRunSettings(camelFlags(flags)), {
      ...flags,
      untilEnd: flags["until-end"],
      topic: args.topic,
    });
  }
}
