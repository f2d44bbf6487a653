import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { writeConfig } from "../../terminal/config.ts";
import { TmonCommand } from "../base.ts";

export default class ConfigInit extends TmonCommand {
  static override summary = "Write commented configuration files that work as they stand";
  static override examples = [
    "<%= config.bin %> config init",
    "<%= config.bin %> config init /etc/tmon --dry-run",
  ];
  static override args = { directory: Args.string({ description: "where to", default: "config" }) };
  static override flags = {
    force: Flags.boolean({ description: "overwrite files that are there" }),
    "dry-run": Flags.boolean({ description: "only say what would be written" }),
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ConfigInit);
    await writeConfig(args.directory, { force: flags.force, dryRun: flags["dry-run"] });
  }
}
