import * as Args from "@oclif/core/args";
import { verifyModels } from "../../terminal/models/verify.ts";
import { loadSettings } from "../../terminal/settings.ts";
import { camelFlags, configFlags, outputFlag, TmonCommand } from "../base.ts";

export default class ModelsVerify extends TmonCommand {
  static override summary = "Check the detector models on this machine";
  static override description =
    "Each file's SHA-256 against the catalogue's, and whether it can be loaded. Without a name all that are there. Ends with 1 if one is missing, another file, or cannot be used.";
  static override examples = [
    "<%= config.bin %> models verify",
    "<%= config.bin %> models verify yolox-nano -o json",
  ];
  static override args = {
    name: Args.string({ description: "a model's name, as tmon models list has it", multiple: true }),
  };
  static override flags = { output: outputFlag, ...configFlags };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(ModelsVerify);
    const { output, ...settings } = flags;
    await verifyModels(loadSettings(camelFlags(settings)).config, { names: args.name ?? [], output });
  }
}
