import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished } from "vitest";
import { processState } from "../../../src/lmdb/process-identity.ts";
import { until } from "../../support/until.ts";

/** A really stopped process that has the LMDB file open; it ends with the test. */
export async function startStoppedHolder(file: string, mode: "locked" | "idle"): Promise<ChildProcess> {
  const script = fileURLToPath(new URL("./lock-holder.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, file, mode], { stdio: "ignore" });
  const exited = once(child, "exit");
  onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  await until(() => processState(child.pid!)?.state === "T", { what: "the holder has stopped" });
  return child;
}
