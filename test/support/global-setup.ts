import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

const root = fileURLToPath(new URL("../..", import.meta.url));

/** Tests of the command line run what a user runs: the built program, made from the source as it is now. */
export default async function setup(): Promise<void> {
  if (builtAt() < newestSourceAt()) await execa("npm", ["run", "--silent", "build"], { cwd: root });
}

/** The build's last step writes the manifest. */
function builtAt(): number {
  return statSync(join(root, "oclif.manifest.json"), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function newestSourceAt(): number {
  const files = readdirSync(join(root, "src"), { recursive: true, withFileTypes: true });
  return Math.max(...files.map((file) => statSync(join(file.parentPath, file.name)).mtimeMs));
}
