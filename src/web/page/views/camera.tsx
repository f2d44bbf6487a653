import { useEffect } from "preact/hooks";
import { age } from "../i18n/format.ts";
import { text } from "../i18n/text.ts";
import { LevelBadge, RenderedTag, SimulatedTag } from "../parts/level.tsx";
import { Picture } from "../parts/picture.tsx";
import { StageBar } from "../parts/stage-bar.tsx";
import { StreamFacts } from "../parts/stream-facts.tsx";
import { Trouble } from "../parts/trouble.tsx";
import { VerdictList } from "../parts/verdict-list.tsx";
import { conditionOf, latestVerdict } from "../state/condition.ts";
import type { CameraModel } from "../state/model.ts";
import { levelOf, model } from "../state/page.ts";
import { cameraHref, wallHref } from "../state/route.ts";
import { stagesOf } from "../state/stages.ts";
import { CameraIncidents } from "./incidents.tsx";
import { returnTo } from "./wall.tsx";

/** One camera large. */
export function CameraView({ cameraId }: { cameraId: string }) {
  const cameras = model.cameras.value;
  const at = cameras.findIndex(({ id }) => id === cameraId);
  const camera = cameras[at];

  useEffect(() => {
    model.recent.cameraId = cameraId;
    const newest = camera?.frame.peek();
    if (newest) model.recent.frames.set(newest.messageId, newest);
    returnTo(cameraId);
    return () => {
      model.recent.cameraId = undefined;
      model.recent.frames.clear();
    };
  }, [cameraId]);

  return (
    <article class="camera-view" aria-label={`${text.value.camera} ${cameraId}`}>
      <header class="view-head">
        <a class="button" href={wallHref}>
          ‹ {text.value.wall}
        </a>
        <h1>{cameraId}</h1>
        {camera && <Marks camera={camera} />}
        <nav class="steps">
          <Step to={cameras[at - 1]} label={text.value.previousCamera} arrow="‹" />
          <Step to={cameras[at + 1]} label={text.value.nextCamera} arrow="›" />
        </nav>
      </header>
      {camera ? <Body camera={camera} key={camera.id} /> : <Unknown />}
    </article>
  );
}

function Body({ camera }: { camera: CameraModel }) {
  const latest = latestVerdict(camera);
  const stages = latest && stagesOf(latest);
  const condition = conditionOf(camera, model.now.value);
  const level = levelOf(camera);
  return (
    <div class="camera-body">
      <div class="camera-main">
        <div class={`stage ${level ? `level-${level}` : ""} is-${condition}`}>
          <Picture camera={camera} large />
          {camera.status.value?.source === "sim" && <RenderedTag />}
          <Trouble camera={camera} />
        </div>
        <StreamFacts camera={camera} />
        <CameraIncidents cameraId={camera.id} />
      </div>
      <div class="camera-side">
        {stages && (
          <section class="card">
            <h2>{text.value.latency}</h2>
            <StageBar {...stages} />
          </section>
        )}
        <section class="card">
          <h2>{text.value.verdicts}</h2>
          <VerdictList camera={camera} />
        </section>
      </div>
    </div>
  );
}

function Marks({ camera }: { camera: CameraModel }) {
  const latest = latestVerdict(camera);
  if (!latest || latest.maxRiskLevel === "unknown") return null;
  return (
    <span class={`camera-verdict ${levelOf(camera) ? "" : "old"}`}>
      <LevelBadge level={latest.maxRiskLevel} />
      <span class="quiet number">{text.value.ago(age(model.now.value - latest.capturedAt))}</span>
      {latest.simulated && <SimulatedTag />}
    </span>
  );
}

function Step({ to, label, arrow }: { to: CameraModel | undefined; label: string; arrow: string }) {
  if (!to) return null;
  return (
    <a class="button" href={cameraHref(to.id)} aria-label={`${label}: ${to.id}`}>
      {arrow}
    </a>
  );
}

function Unknown() {
  if (model.connection.value === "connecting") return null;
  return <p class="empty">{text.value.unknownCamera}</p>;
}
