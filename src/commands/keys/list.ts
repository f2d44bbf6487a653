import { listKeys } from "../../terminal/keys.ts";
import { loadRunSettings } from "../../terminal/settings.ts";
import { busFlags, camelFlags, outputFlag, TmonCommand } from "../base.ts";

export default class KeysList extends TmonCommand {
  static override summary = "List the API keys and how they do";
  static override description =
    "The configured keys and those that running schedulers use, all schedulers together: state and why, calls in flight and made, latency, cost. Keys are named by their id; their values are never shown.";
  static override examples = [
    "<%= config.bin %> keys list",
    "<%= config.bin %> keys list -o json | jq '.keys[] | select(.state != \"healthy\")'",
  ];
  static override flags = { output: outputFlag, ...busFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(KeysList);
    const { output, ...settings } = flags;
    await listKeys(loadRunSettings(camelFlags(settings)), output);
  }
}
