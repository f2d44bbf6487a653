import * as Flags from "@oclif/core/flags";
import { loadRunSettings } from "../terminal/settings.ts";
import { showVerifiedKeys } from "../terminal/verify-keys.ts";
import { busFlags, camelFlags, outputFlag, TmonCommand } from "./base.ts";

export default class VerifyKeys extends TmonCommand {
  static override summary = "Ask each API key once whether it works";
  static override description =
    "Each enabled key is shown a tiny picture, all at once as far as their limits allow, in the quota windows of running schedulers: is the key valid, the model reachable, a request with a picture answered, how fast, and what a scheduler would make of it. An answer that does not describe the picture is a warning. Ends with 1 if an enabled key fails, 2 without any, 3 if no provider answered.";
  static override examples = [
    "<%= config.bin %> verify-keys",
    "<%= config.bin %> verify-keys --cheap -o json | jq '.keys[] | select(.result != \"ok\")'",
  ];
  static override flags = {
    cheap: Flags.boolean({
      description: "only list the provider's models, which costs nothing: key valid, model there",
    }),
    timeout: Flags.string({
      helpValue: "TIME",
      description: "how long a provider may take to answer",
      default: "15s",
    }),
    output: outputFlag,
    ...busFlags,
  };

  async run(): Promise<void> {
    const { flags } = await this.parse(VerifyKeys);
    const { cheap, timeout, output, ...settings } = flags;
    await showVerifiedKeys(loadRunSettings(camelFlags(settings)), { cheap, timeout, output });
  }
}
