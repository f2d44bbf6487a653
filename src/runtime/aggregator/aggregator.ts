import { setMaxListeners } from "node:events";
import { detectionSchema } from "../../messages/detection.ts";
import { resultSchema } from "../../messages/result.ts";
import { createOutage } from "../../observability/outage.ts";
import { openIntake, route } from "../intake.ts";
import { untilDone } from "../retry.ts";
import type { RoleContext, RunningRole } from "../role.ts";
import { startSummary } from "../summary.ts";
import { createWindow } from "../window.ts";
import { createIncidentKeeper } from "./incident-keeper.ts";
import { sightingOf } from "./incidents.ts";
import { createJoin } from "./join.ts";
import { createPusher } from "./pusher.ts";

/** Frames held with their pictures, and results held whose detection has not come. */
const detectionBound = { messages: 2_000, bytes: 128 * 1024 * 1024 };
const orphanBound = { messages: 10_000, bytes: 32 * 1024 * 1024 };
const tickMs = 50;

/**
 * detection + its results -> joined by frame -> pushed to cache and screens -> all acknowledged together.
 * Verdicts of danger raise, update and clear incidents on the way.
 */
export async function startAggregator(context: RoleContext): Promise<RunningRole> {
  const { config, log, store } = context;
  const ending = new AbortController();
  setMaxListeners(0, ending.signal);
  const incidents = createIncidentKeeper(context, ending.signal);
  const pusher = createPusher(context, ending.signal);
  const marksOutage = createOutage(log, {
    begins: "the marks of frames shown before cannot be read: their late results wait",
    ends: "the marks of frames shown before are read again",
  });
  const join = createJoin({
    config: config.aggregator,
    now: store.now,
    async show(state, dangers, closing) {
      const sightings = dangers.map((danger) => sightingOf(state.detection, danger));
      await Promise.all([pusher.push(state, closing), ...sightings.map(incidents.observe)]);
    },
    findMark: (messageId) => untilDone(() => store.frameMark(messageId), ending.signal, marksOutage),
    windows: {
      detections: createWindow(detectionBound, {
        full: () => intake.pause("detection-results"),
        room: () => intake.resume("detection-results"),
      }),
      orphans: createWindow(orphanBound, {
        full: () => intake.pause("risk-assessment-results"),
        room: () => intake.resume("risk-assessment-results"),
      }),
    },
  });
  const intake = await openIntake(context, {
    role: "aggregator",
    routes: [
      route("detection-results", detectionSchema, join.detection),
      route("risk-assessment-results", resultSchema, join.result),
    ],
    assigned: incidents.assigned,
    draining: join.abandon,
    lost(partitions) {
      join.forgetLost();
      incidents.lost(partitions);
    },
  });
  const timer = setInterval(() => {
    join.tick();
    incidents.tick();
  }, tickMs);
  const stats = () => ({
    framesOpen: join.size(),
    incidentsOpen: incidents.open(),
    inFlight: intake.inFlight(),
    ...pusher.stats(),
  });
  const endSummary = startSummary(context, stats);

  const stop = async () => {
    endSummary();
    clearInterval(timer);
    ending.abort();
    await intake.stop();
  };

  return {
    name: "aggregator",
    /** Frames still waiting for results are left to their next owner, who reads them again. */
    async drain() {
      intake.pause("detection-results");
      intake.pause("risk-assessment-results");
      clearInterval(timer);
      await join.settled();
      await stop();
    },
    stop,
    busy: () => intake.busy(),
    stats,
    failed: intake.failed,
  };
}
