import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { loadRunSettings } from "../terminal/settings.ts";
import { tail } from "../terminal/tail.ts";
import { busFlags, camelFlags, outputFlag, TmonCommand, topicDescription, wholeNumberFlag } from "./base.ts";

export default class Tail extends TmonCommand {
  static override summary = "Print a topic's messages as they come";
  static override description =
    "Starts with the last ten messages, or with --until-end at the beginning. With -o json each line is {topic, partition, offset, key, timestamp, headers, value}, the value never altered.";
  static override examples = [
    "<%= config.bin %> tail risk-assessment-results",
    "<%= config.bin %> tail detection-results --since 10m --camera cam-1 --until-end -o json | jq .value.detectedObjects",
  ];
  static override args = { topic: Args.string({ description: topicDescription }) };
  static override flags = {
    all: Flags.boolean({ description: "all topics, instead of one; --last N is N of each" }),
    from: Flags.string({
      helpValue: "earliest|latest|OFFSET|TIME",
      description: "where to start; latest: with what comes from now on",
      exclusive: ["since", "last"],
    }),
    since: Flags.string({
      helpValue: "TIME",
      description: "start this long ago, e.g. 10m",
      exclusive: ["last"],
    }),
    last: wholeNumberFlag({ description: "start with the last N messages [default: 10]", least: 1 }),
    "until-end": Flags.boolean({ description: "stop at the end as it is now" }),
    camera: Flags.string({ helpValue: "ID", description: "messages of this camera only" }),
    partition: wholeNumberFlag({ description: "messages of this partition only", least: 0 }),
    images: Flags.string({
      helpValue: "DIR",
      description: "write the messages' pictures there, as TIME_CAMERA_MESSAGE_groupN.jpg",
    }),
    output: outputFlag,
    ...busFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Tail);
    const { all, from, since, last, camera, partition, images, output, ...rest } = flags;
    const { "until-end": untilEnd, ...settings } = rest;
    const what = { topic: args.topic, all, camera, partition, images };
    const where = { from, since, last, untilEnd };
    await tail(loadRunSettings(camelFlags(settings)), { ...what, ...where, output });
  }
}
