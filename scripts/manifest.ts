/** Writes oclif.manifest.json, so that a command starts without loading all the others. */
import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { Config } from "@oclif/core/config";

const root = fileURLToPath(new URL("..", import.meta.url));
const config = await Config.load({ root, ignoreManifest: true });
const commands = config.plugins.get(config.name)?.commands ?? [];
if (commands.length === 0) throw new Error("no commands found: run the build first");
const manifest = {
  commands: Object.fromEntries(commands.map((command) => [command.id, command])),
  version: config.version,
};
await writeFile(`${root}/oclif.manifest.json`, `${JSON.stringify(manifest, null, 2)}\n`);
