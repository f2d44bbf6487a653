import * as Args from "@oclif/core/args";
import { showLetter } from "../../terminal/letters.ts";
import { loadRunSettings } from "../../terminal/settings.ts";
import { busFlags, camelFlags, letterDescription, outputFlag, TmonCommand } from "../base.ts";

export default class DlqShow extends TmonCommand {
  static override summary = "Show one dead letter: its headers and what it holds";
  static override description =
    "The bytes as JSON with long words shortened, or as hexadecimal; with -o json whole and as they are. Ends with 1 if the letter is not there.";
  static override examples = [
    "<%= config.bin %> dlq show 3:17",
    "<%= config.bin %> dlq show 3:17 -o json | jq .headers",
  ];
  static override args = { letter: Args.string({ description: letterDescription, required: true }) };
  static override flags = { output: outputFlag, ...busFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DlqShow);
    const { output, ...settings } = flags;
    await showLetter(loadRunSettings(camelFlags(settings)), args.letter, output);
  }
}
