import * as Flags from "@oclif/core/flags";
import { loadRunSettings } from "../terminal/settings.ts";
import { showTop } from "../terminal/top/top.ts";
import { busFlags, camelFlags, outputFlag, TmonCommand } from "./base.ts";

export default class Top extends TmonCommand {
  static override summary = "Watch the whole pipeline: throughput, lag, keys, cameras and roles";
  static override description =
    "Looks once a second, at roles on this machine or any other that share the bus and the store, and changes nothing. Keys: s sorts, p holds the screen, ? explains, q leaves. --once shows one moment, after about four seconds of looking; it ends with 3 if the bus or the store is away.";
  static override examples = [
    "<%= config.bin %> top",
    "<%= config.bin %> top --once -o json | jq .perSecond",
  ];
  static override flags = {
    once: Flags.boolean({ description: "print one moment and end" }),
    output: outputFlag,
    ...busFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(Top);
    const { once, output, ...settings } = flags;
    await showTop(loadRunSettings(camelFlags(settings)), { once, output });
  }
}
