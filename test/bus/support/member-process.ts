import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { onTestFinished, type TestContext } from "vitest";
import { until } from "../../support/until.ts";
import type { BusTarget } from "./test-bus.ts";

export interface MemberOptions {
  target: BusTarget;
  group: string;
  topics: string[];
  /** Which deliveries are acknowledged at once: all, those of odd offsets, or none. */
  acknowledge: "all" | "odd" | "none";
}

export interface MemberReport {
  joined?: true;
  delivered?: { topic: string; partition: number; offset: number; text: string };
  assigned?: number[];
  lost?: number[];
}

export type MemberCommand = "acknowledge" | "stop";

export interface MemberProcess {
  child: ChildProcess;
  delivered: NonNullable<MemberReport["delivered"]>[];
  assignment: Set<number>;
  send(command: MemberCommand): void;
  /** Sends the signal and, for SIGKILL, waits until the process is gone. */
  signal(signal: "SIGKILL" | "SIGSTOP" | "SIGCONT"): Promise<void>;
  exited: Promise<unknown>;
}

/** Ends with the test, which has to be named where tests run side by side. Resolves when the member has joined. */
export async function startMemberProcess(
  options: MemberOptions,
  test: Pick<TestContext, "onTestFinished"> = { onTestFinished },
): Promise<MemberProcess> {
  const child = fork(fileURLToPath(new URL("./member.ts", import.meta.url)), [JSON.stringify(options)], {
    execArgv: ["--import", "tsx"],
  });
  const exited = once(child, "exit");
  test.onTestFinished(async () => {
    child.kill("SIGKILL");
    await exited;
  });
  const member: MemberProcess = {
    child,
    delivered: [],
    assignment: new Set(),
    send: (command) => void child.send(command),
    async signal(signal) {
      child.kill(signal);
      if (signal === "SIGKILL") await exited;
    },
    exited,
  };
  let joined = false;
  child.on("message", (report: MemberReport) => {
    if (report.joined) joined = true;
    if (report.delivered) member.delivered.push(report.delivered);
    for (const partition of report.assigned ?? []) member.assignment.add(partition);
    for (const partition of report.lost ?? []) member.assignment.delete(partition);
  });
  await until(() => joined || child.exitCode !== null, { what: "the child joins" });
  if (!joined) throw new Error(`the member process ended with ${child.exitCode}`);
  return member;
}
