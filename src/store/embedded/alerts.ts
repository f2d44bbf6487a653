import type { RootDatabase } from "lmdb";

const kept = 100;

export type Alerts = ReturnType<typeof createAlerts>;

/** `alerts:{cameraId}`: the newest of each camera, a list that never grows past 100. */
export function createAlerts(root: RootDatabase) {
  const alerts = root.openDB<string, [string, number]>({ name: "alerts" });
  const newestFirst = (cameraId: string) =>
    alerts.getRange({ start: [cameraId, Number.MAX_SAFE_INTEGER], end: [cameraId, -1], reverse: true });

  return {
    push(cameraId: string, alert: string): void {
      const numbers = [...newestFirst(cameraId)].map(({ key }) => key[1]);
      alerts.put([cameraId, (numbers[0] ?? 0) + 1], alert);
      for (const number of numbers.slice(kept - 1)) alerts.remove([cameraId, number]);
    },
    list: (cameraId: string, count: number): string[] =>
      [...newestFirst(cameraId)].slice(0, count).map(({ value }) => value),
  };
}
