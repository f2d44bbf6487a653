import { showConfig } from "../../terminal/config.ts";
import { busFlags, camelFlags, cameraFlags, outputFlag, TmonCommand, vlmFlags } from "../base.ts";

export default class ConfigShow extends TmonCommand {
  static override summary = "Show each value of the configuration and where it came from";
  static override examples = [
    "<%= config.bin %> config show",
    "<%= config.bin %> config show --config-dir /etc/tmon -o json",
  ];
  static override flags = { output: outputFlag, ...cameraFlags, ...vlmFlags, ...busFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(ConfigShow);
    await showConfig(camelFlags(flags), flags.output);
  }
}
