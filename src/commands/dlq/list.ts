import { listLetters } from "../../terminal/letters.ts";
import { loadRunSettings } from "../../terminal/settings.ts";
import { busFlags, camelFlags, letterCodeFlag, outputFlag, TmonCommand } from "../base.ts";

export default class DlqList extends TmonCommand {
  static override summary = "List the dead letters: messages that could not be read";
  static override description =
    "The oldest first, each message once, with the groups that could not read it. With -o json one line a message.";
  static override examples = [
    "<%= config.bin %> dlq list",
    "<%= config.bin %> dlq list --code TMON_MESSAGE_INVALID -o json | jq .source.topic",
  ];
  static override flags = { code: letterCodeFlag, output: outputFlag, ...busFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(DlqList);
    const { code, output, ...settings } = flags;
    await listLetters(loadRunSettings(camelFlags(settings)), { code, output });
  }
}
