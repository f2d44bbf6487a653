import { orderKey } from "../../terminal/keys.ts";
import { loadRunSettings } from "../../terminal/settings.ts";
import { busFlags, camelFlags, keyArgs, TmonCommand } from "../base.ts";

export default class KeysEnable extends TmonCommand {
  static override summary = "Put a key back into use";
  static override description =
    "Withdraws what tmon keys disable or drain said. A key that the provider refuses stays disabled: see tmon keys reset.";
  static override examples = ["<%= config.bin %> keys enable key_3"];
  static override args = keyArgs;
  static override flags = busFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(KeysEnable);
    await orderKey(loadRunSettings(camelFlags(flags)), args.key, "enable");
  }
}
