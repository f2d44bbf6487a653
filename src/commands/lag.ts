import * as Flags from "@oclif/core/flags";
import { showLag } from "../terminal/lag.ts";
import { loadRunSettings } from "../terminal/settings.ts";
import { busFlags, camelFlags, outputFlag, TmonCommand, wholeNumberFlag } from "./base.ts";

export default class Lag extends TmonCommand {
  static override summary = "Show what each consumer group has still to do";
  static override description =
    "A group's lag is the messages it has not acknowledged. First each group and topic, then the partitions with something to do. With -o json one line a look.";
  static override examples = [
    "<%= config.bin %> lag --max 1000",
    "<%= config.bin %> lag --partitions -o json | jq .worst",
  ];
  static override flags = {
    max: wholeNumberFlag({ description: "end with 1 if a group has more to do", least: 0 }),
    partitions: Flags.boolean({ description: "all partitions, also those with nothing to do" }),
    watch: Flags.boolean({ description: "look again every second, until Ctrl-C" }),
    output: outputFlag,
    ...busFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Lag);
    const { max, partitions, watch, output, ...settings } = flags;
    await showLag(loadRunSettings(camelFlags(settings)), { max, partitions, watch, output });
  }
}
