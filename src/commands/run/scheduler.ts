import { runRole } from "../../terminal/run-role.ts";
import { camelFlags, daemonFlags, TmonCommand, vlmFlags } from "../base.ts";

export default class Scheduler extends TmonCommand {
  static override summary = "Ask the VLM about each task, within every quota";
  static override aliases = ["schedule"];
  static override examples = [
    "<%= config.bin %> run scheduler --config-dir /etc/tmon",
    "<%= config.bin %> run scheduler --vlm sim --log-level debug",
  ];
  static override flags = { ...vlmFlags, ...daemonFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(Scheduler);
    await runRole("scheduler", camelFlags(flags), this.config.version);
  }
}
