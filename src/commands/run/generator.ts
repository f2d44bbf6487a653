import { runRole } from "../../terminal/run-role.ts";
import { camelFlags, daemonFlags, TmonCommand } from "../base.ts";

export default class Generator extends TmonCommand {
  static override summary = "Turn detections into assessment tasks";
  static override aliases = ["generate"];
  static override examples = [
    "<%= config.bin %> run generator --data-dir /var/lib/tmon",
    "<%= config.bin %> run generator --instance generator-2 --port 0",
  ];
  static override flags = daemonFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(Generator);
    await runRole("generator", camelFlags(flags), this.config.version);
  }
}
