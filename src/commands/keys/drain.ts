import { orderKey } from "../../terminal/keys.ts";
import { loadRunSettings } from "../../terminal/settings.ts";
import { busFlags, camelFlags, keyArgs, TmonCommand } from "../base.ts";

export default class KeysDrain extends TmonCommand {
  static override summary = "Take a key out of use and wait until its calls are over";
  static override description =
    "As tmon keys disable, and ends when no scheduler has a call of the key open. It stays out of use until tmon keys enable.";
  static override examples = ["<%= config.bin %> keys drain key_3"];
  static override args = keyArgs;
  static override flags = busFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(KeysDrain);
    await orderKey(loadRunSettings(camelFlags(flags)), args.key, "drain");
  }
}
