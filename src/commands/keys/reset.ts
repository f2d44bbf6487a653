import { orderKey } from "../../terminal/keys.ts";
import { loadRunSettings } from "../../terminal/settings.ts";
import { busFlags, camelFlags, keyArgs, TmonCommand } from "../base.ts";

export default class KeysReset extends TmonCommand {
  static override summary = "Forget what is held against a key";
  static override description =
    "Cool-downs end, and a key, group, account or model that was disabled is tried again at once. For after a bill was paid or a permission given; without it tmon tries by itself what may pass, every 10 minutes where it costs money.";
  static override examples = ["<%= config.bin %> keys reset key_3"];
  static override args = keyArgs;
  static override flags = busFlags;

  async run(): Promise<void> {
    const { args, flags } = await this.parse(KeysReset);
    await orderKey(loadRunSettings(camelFlags(flags)), args.key, "reset");
  }
}
