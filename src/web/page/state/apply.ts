import { batch } from "@preact/signals";
import type {
  ShownCamera,
  ShownFrame,
  ShownIncident,
  ShownState,
  SystemFigures,
} from "../../screen-messages.ts";
import { type CameraModel, createCameraModel, type FrameVerdicts, type Model } from "./model.ts";

/** Bounds of what is kept, so that a page may stay open for weeks. */
const kept = { verdicts: 12, incidents: 200, recentFrames: 16 };
/** A camera on no list is forgotten when nothing of it came for this long. */
const unlistedMs = 300_000;
/** The longest an answer of the server may be on its way. */
const listTakesMs = 10_000;

function cameraOf(model: Model, cameraId: string | number): CameraModel {
  const id = String(cameraId);
  const known = model.cameras.peek().find((camera) => camera.id === id);
  if (known) return known;
  const camera = createCameraModel(id, model.now.peek());
  model.cameras.value = inOrder(model, [...model.cameras.peek(), camera]);
  return camera;
}

/** As they are listed; behind them those on no list, by name. */
function inOrder(model: Model, cameras: readonly CameraModel[]): CameraModel[] {
  const listed = model.listed.peek();
  const place = ({ id }: CameraModel) => (listed.includes(id) ? listed.indexOf(id) : listed.length);
  return [...cameras].sort((a, b) => place(a) - place(b) || byName.compare(a.id, b.id));
}

const byName = new Intl.Collator("en", { numeric: true });

export function applyFrame(model: Model, shown: ShownFrame, jpeg: Blob | null): void {
  const camera = cameraOf(model, shown.cameraId);
  const frame = { ...shown, jpeg };
  const { recent } = model;
  if (recent.cameraId === camera.id) {
    recent.frames.set(frame.messageId, frame);
    for (const oldest of recent.frames.keys()) {
      if (recent.frames.size <= kept.recentFrames) break;
      recent.frames.delete(oldest);
    }
  }
  const newest = camera.frame.peek();
  if (!newest || frame.capturedAt >= newest.capturedAt) camera.frame.value = frame;
}

/** A frame is pushed more than once; the later push holds all of the earlier. */
export function applyState(model: Model, state: ShownState): void {
  const { verdicts } = cameraOf(model, state.cameraId);
  const { messageId } = state;
  const others = verdicts.peek().filter((other) => other.messageId !== messageId);
  verdicts.value = [...others, keptOf(state)]
    .sort((a, b) => b.capturedAt - a.capturedAt)
    .slice(0, kept.verdicts);
}

function keptOf(state: ShownState): FrameVerdicts {
  return {
    messageId: state.messageId,
    timestamp: state.timestamp,
    capturedAt: state.trace.capturedAt ?? Date.parse(state.timestamp),
    trafficGroups: state.trafficGroups,
    verdicts: state.riskAssessment.allGroupResults,
    maxRiskLevel: state.maxRiskLevel,
    unassessedGroups: state.unassessedGroups,
    unassessedReasons: state.unassessedReasons,
    simulated: state.simulated,
    trace: state.trace,
  };
}

export function applyStatus(model: Model, status: ShownCamera): void {
  cameraOf(model, status.cameraId).status.value = status;
}

/** What no list names (any more) is kept as long as something of it comes. */
export function applyCameras(model: Model, list: readonly ShownCamera[]): void {
  batch(() => {
    model.listed.value = list.map(({ cameraId }) => String(cameraId));
    for (const status of list) cameraOf(model, status.cameraId).status.value = status;
    const isListed = ({ id }: CameraModel) => model.listed.peek().includes(id);
    const before = model.cameras.peek();
    for (const camera of before) if (!isListed(camera)) camera.status.value = undefined;
    const after = before.filter((camera) => isListed(camera) || stillSeen(model, camera));
    const cameras = inOrder(model, after);
    const same = cameras.length === before.length && cameras.every((camera, at) => camera === before[at]);
    if (!same) model.cameras.value = cameras;
  });
}

function stillSeen(model: Model, { frame, verdicts }: CameraModel): boolean {
  const lastSeen = Math.max(frame.peek()?.capturedAt ?? 0, verdicts.peek()[0]?.capturedAt ?? 0);
  return model.now.peek() - lastSeen < unlistedMs;
}

export function applyIncident(model: Model, incident: ShownIncident): void {
  batch(() => {
    const isNew = !model.incidents.peek().some(({ incidentId }) => incidentId === incident.incidentId);
    const others = model.incidents.peek().filter(({ incidentId }) => incidentId !== incident.incidentId);
    model.incidents.value = newestFirst([incident, ...others]);
    if (isNew && incident.state !== "cleared") noteArrival(model, incident.incidentId);
  });
}

/** The server's list replaces the page's, except for what was pushed while the list was on its way. */
export function applyIncidents(model: Model, listed: readonly ShownIncident[]): void {
  const known = new Map(model.incidents.peek().map((incident) => [incident.incidentId, incident]));
  const merged = listed.map((incident) => later(known.get(incident.incidentId) ?? incident, incident));
  const ids = new Set(listed.map(({ incidentId }) => incidentId));
  const arrivals = model.arrivals.peek();
  const justPushed = [...known.values()].filter(
    ({ incidentId }) => !ids.has(incidentId) && Date.now() - (arrivals.get(incidentId) ?? 0) < listTakesMs,
  );
  model.incidents.value = newestFirst([...justPushed, ...merged]);
}

/** A cleared incident does not come back: the next danger is another. */
function later(a: ShownIncident, b: ShownIncident): ShownIncident {
  if (a.state === "cleared" || b.state === "cleared") return a.state === "cleared" ? a : b;
  return Date.parse(a.lastSeen) > Date.parse(b.lastSeen) ? a : b;
}

/** By when it began: one that goes on does not jump about under the reader's eyes. */
function newestFirst(incidents: readonly ShownIncident[]): ShownIncident[] {
  return [...incidents]
    .sort((a, b) => Date.parse(b.firstSeen) - Date.parse(a.firstSeen))
    .slice(0, kept.incidents);
}

function noteArrival(model: Model, incidentId: string): void {
  const shown = new Set(model.incidents.peek().map((incident) => incident.incidentId));
  const arrivals = [...model.arrivals.peek()].filter(([id]) => shown.has(id));
  model.arrivals.value = new Map([...arrivals, [incidentId, Date.now()]]);
}

export function applySystem(model: Model, figures: SystemFigures): void {
  model.system.value = figures;
}
