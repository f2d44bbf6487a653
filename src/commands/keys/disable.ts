import { orderKey } from "../../terminal/keys.ts";
import { loadRunSettings } from "../../terminal/settings.ts";
import { busFlags, camelFlags, keyArgs, TmonCommand } from "../base.ts";

export default class KeysDisable extends TmonCommand {
  static override summary = "Take a key out of use";
  static override description =
    "No new calls go to it, whichever scheduler; open ones finish. It stays so, over restarts too, until tmon keys enable.";
  static override examples = ["<%= config.bin %> keys disable key_3"];
  static override args = keyArgs;
  static override flags = busFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(KeysDisable);
    await orderKey(loadRunSettings(camelFlags(flags)), args.key, "disable");
  }
}
