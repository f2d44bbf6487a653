import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { pullModels } from "../../terminal/models/pull.ts";
import { loadSettings } from "../../terminal/settings.ts";
import { camelFlags, configFlags, outputFlag, TmonCommand } from "../base.ts";

export default class ModelsPull extends TmonCommand {
  static override summary = "Fetch detector models from their publisher, or from a mirror";
  static override description =
    "Prints where they lie. What was begun is gone on with; a file is there under its name only when all of it came and its checksum is right. Proxies are those of the environment (HTTPS_PROXY, NO_PROXY).";
  static override examples = [
    "<%= config.bin %> models pull yolox-nano",
    "<%= config.bin %> models pull yolox-tiny yolox-s --mirror https://mirror.example/yolox/",
  ];
  static override args = {
    name: Args.string({
      description: "a model's name, as tmon models list has it",
      required: true,
      multiple: true,
    }),
  };
  static override flags = {
    mirror: Flags.string({
      helpValue: "URL",
      description: "directory of a web server that has the models' files [default: the publisher's]",
    }),
    "dry-run": Flags.boolean({ description: "only say what would be fetched" }),
    output: outputFlag,
    ...configFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ModelsPull);
    const { "dry-run": dryRun, output, ...settings } = flags;
    const { config } = loadSettings(camelFlags(settings));
    await pullModels(config, { names: args.name, dryRun, output });
  }
}
