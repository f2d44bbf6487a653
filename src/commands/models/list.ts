import { listModels } from "../../terminal/models/list.ts";
import { loadSettings } from "../../terminal/settings.ts";
import { camelFlags, configFlags, outputFlag, TmonCommand } from "../base.ts";

export default class ModelsList extends TmonCommand {
  static override summary = "List the detector models that tmon knows by name";
  static override description =
    "Each with what it is for, its licence and whether it is on this machine; -o json adds checksums, classes and addresses. A model that is not listed is named by its file: --model FILE.";
  static override examples = [
    "<%= config.bin %> models list",
    "<%= config.bin %> models list -o json | jq -r '.models[] | \"\\(.sha256)  \\(.file)\"'",
  ];
  static override flags = { output: outputFlag, ...configFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(ModelsList);
    const { output, ...settings } = flags;
    await listModels(loadSettings(camelFlags(settings)).config, output);
  }
}
