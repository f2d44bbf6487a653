import { runRole } from "../../terminal/run-role.ts";
import { camelFlags, daemonFlags, TmonCommand } from "../base.ts";

export default class Aggregator extends TmonCommand {
  static override summary = "Join verdicts with frames, push and cache them, raise incidents";
  static override aliases = ["aggregate"];
  static override examples = [
    "<%= config.bin %> run aggregator --port 7700",
    "<%= config.bin %> run aggregator --instance aggregator-2 --drain 5s",
  ];
  static override flags = daemonFlags;

  async run(): Promise<void> {
    const { flags } = await this.parse(Aggregator);
    await runRole("aggregator", camelFlags(flags), this.config.version);
  }
}
