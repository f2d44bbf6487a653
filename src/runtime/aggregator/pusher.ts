import { isDangerous } from "../../messages/result.ts";
import { createOutage } from "../../observability/outage.ts";
import { percentiles } from "../report/percentiles.ts";
import { untilDone } from "../retry.ts";
import type { RoleContext } from "../role.ts";
import { createLastMinute } from "./last-minute.ts";
import { encodeMark } from "./mark.ts";
import { type FrameState, payloadOf } from "./payload.ts";

export interface Pusher {
  push(state: FrameState, closing: boolean): Promise<void>;
  stats(): { pushes: number; endToEndMs: { p50: number | null; p95: number | null } };
}

/** Pushes a frame's state to the cache and to screens, once each verdict. Tries until the store takes it. */
export function createPusher({ config, log, metrics, store }: RoleContext, signal: AbortSignal): Pusher {
  const endToEnd = createLastMinute(store.now);
  const outage = createOutage(log, {
    begins: "frames cannot be pushed: they wait",
    ends: "frames are pushed again",
  });
  let pushes = 0;

  async function push(state: FrameState, closing: boolean): Promise<void> {
    const { detection, results } = state;
    const { messageId, cameraId } = detection;
    const capturedAt = detection.trace.capturedAt ?? Date.parse(detection.timestamp);
    const assessed = results.filter((result) => result.status === "assessed");
    const payload = payloadOf(state, {
      keepImages: config.aggregator.keepImages,
      aggregatedAt: store.now(),
    });
    const frame = {
      messageId,
      cameraId,
      capturedAt,
      taskIds: assessed.map((result) => result.taskId),
      alertTaskIds: assessed
        .filter((result) => result.maxRiskLevel === "high")
        .map((result) => result.taskId),
      closing,
      detection: encodeMark(state),
      payload: JSON.stringify(payload),
    };
    const { published, newTaskIds } = await untilDone(() => store.pushFrame(frame), signal, outage);
    if (published) {
      pushes += 1;
      metrics.pushes.inc();
    }
    log.debug({ messageId, cameraId, closing, published, newTaskIds }, "frame pushed");

    const endToEndMs = store.now() - capturedAt;
    for (const { taskId, maxRiskLevel, results: verdicts } of assessed) {
      if (!newTaskIds.includes(taskId)) continue;
      endToEnd.add(endToEndMs);
      metrics.endToEnd.observe(endToEndMs / 1000);
      log.debug({ taskId, messageId, cameraId, maxRiskLevel, endToEndMs }, "verdict pushed");
      if (maxRiskLevel === "unknown" || !isDangerous(maxRiskLevel)) continue;
      metrics.riskAlerts.inc({ level: maxRiskLevel });
      for (const type of verdicts.flatMap((verdict) => verdict.riskTypeCodes))
        metrics.riskTypes.inc({ type });
    }
  }

  return {
    push,
    stats() {
      const { p50, p95 } = percentiles(endToEnd.values());
      return { pushes, endToEndMs: { p50, p95 } };
    },
  };
}
