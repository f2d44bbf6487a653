import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { replayLetters } from "../../terminal/letters.ts";
import { loadRunSettings } from "../../terminal/settings.ts";
import { busFlags, camelFlags, letterCodeFlag, letterDescription, outputFlag, TmonCommand } from "../base.ts";

export default class DlqReplay extends TmonCommand {
  static override summary = "Put dead letters back on the topics they came from";
  static override description =
    "The original bytes with their key and headers, and a header replay-of that names the letter. The store remembers what was replayed: no message is put back twice, however many groups wrote a letter of it. Ends with 1 if there is no such letter, or if of those there are none could be put back.";
  static override examples = [
    "<%= config.bin %> dlq replay 3:17",
    "<%= config.bin %> dlq replay --all --code TMON_MESSAGE_INVALID --dry-run",
  ];
  static override args = { letter: Args.string({ description: letterDescription }) };
  static override flags = {
    all: Flags.boolean({ description: "all letters there are now, instead of one" }),
    code: letterCodeFlag,
    "dry-run": Flags.boolean({ description: "say what would be replayed, and change nothing" }),
    output: outputFlag,
    ...busFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(DlqReplay);
    const { all, code, output, "dry-run": dryRun, ...settings } = flags;
    await replayLetters(loadRunSettings(camelFlags(settings)), { ...args, all, code, dryRun, output });
  }
}
