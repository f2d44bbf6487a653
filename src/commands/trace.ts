import * as Args from "@oclif/core/args";
import { loadRunSettings } from "../terminal/settings.ts";
import { showTrace } from "../terminal/trace.ts";
import { busFlags, camelFlags, outputFlag, TmonCommand } from "./base.ts";

export default class Trace extends TmonCommand {
  static override summary = "Show the way of a frame, a task or an incident through the topics";
  static override description =
    "Says where each of its messages stands, how long each stage took, and what became of each group. Ends with 1 if the topics hold nothing of it.";
  static override examples = [
    "<%= config.bin %> trace 019ab1c2-7d10-7c3e-9f00-5a2b8c4d6e1f",
    "<%= config.bin %> trace 019ab1c2-7d10-7c3e-9f00-5a2b8c4d6e1f_group1 -o json | jq '.tasks[0].stagesMs'",
  ];
  static override args = {
    id: Args.string({ description: "a messageId, a taskId, a result's id or an incidentId", required: true }),
  };
  static override flags = { output: outputFlag, ...busFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(Trace);
    const { output, ...settings } = flags;
    await showTrace(loadRunSettings(camelFlags(settings)), args.id, output);
  }
}
