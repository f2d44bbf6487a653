import { fileURLToPath } from "node:url";
import { execa } from "execa";

/** Tests of the command line run what a user runs: the built program, made from the source as it is now. */
export default async function setup(): Promise<void> {
  await execa("npm", ["run", "--silent", "build"], { cwd: fileURLToPath(new URL("../..", import.meta.url)) });
}
