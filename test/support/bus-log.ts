import { existsSync } from "node:fs";
import { pino } from "pino";
import { openBus } from "../../src/bus/open.ts";
import { messageJson } from "../../src/terminal/message-line.ts";
import { testConfig } from "./context.ts";
import type { RunningTmon } from "./tmon.ts";

export interface LoggedMessage {
  partition: number;
  offset: number;
  key: string;
  timestamp: number;
  headers: Record<string, string>;
  value: Record<string, unknown> & { taskId: string; messageId: string };
}

/** All of a topic, as `tmon tail` prints it. */
export async function messagesOf(topic: string, dataDir: string): Promise<LoggedMessage[]> {
  if (!existsSync(dataDir)) return [];
  const bus = await openBus(testConfig(dataDir), pino({ level: "silent" }));
  try {
    const messages = [];
    for await (const message of bus.read({ topics: [topic], from: "earliest", untilEnd: true }))
      messages.push(JSON.parse(messageJson(message)));
    return messages;
  } finally {
    await bus.close();
  }
}

/** taskIds that wait for their final result. */
export async function openTasks(dataDir: string): Promise<string[]> {
  const tasks = await messagesOf("assessment-tasks", dataDir);
  const results = new Set(
    (await messagesOf("risk-assessment-results", dataDir)).map(({ value }) => value.taskId),
  );
  return tasks.map(({ value }) => value.taskId).filter((taskId) => !results.has(taskId));
}

export async function stopped(...processes: RunningTmon[]): Promise<(number | undefined)[]> {
  for (const each of processes) each.kill("SIGTERM");
  return Promise.all(processes.map(async (each) => (await each.ended).exitCode));
}
