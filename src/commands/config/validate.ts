import { validateConfig } from "../../terminal/config.ts";
import { camelFlags, configFlags, outputFlag, TmonCommand } from "../base.ts";

export default class ConfigValidate extends TmonCommand {
  static override summary = "Check the configuration files";
  static override examples = [
    "<%= config.bin %> config validate",
    "<%= config.bin %> config validate --config-dir /etc/tmon -o json",
  ];
  static override flags = { output: outputFlag, ...configFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigValidate);
    await validateConfig(camelFlags(flags), flags.output);
  }
}
