import { useRef } from "preact/hooks";
import type { ShownVerdict } from "../../screen-messages.ts";
import { age, clockTime } from "../i18n/format.ts";
import { riskTypes, text } from "../i18n/text.ts";
import type { CameraModel, FrameVerdicts, PicturedFrame } from "../state/model.ts";
import { model, timezone } from "../state/page.ts";
import { Crop } from "./crop.tsx";
import { LevelBadge, SimulatedTag } from "./level.tsx";

/** A camera's latest verdicts, group by group; groups that have none are said to. */
export function VerdictList({ camera }: { camera: CameraModel }) {
  const frames = camera.verdicts.value.filter((on) => on.trafficGroups.length > 0);
  if (frames.length === 0) return <p class="quiet">{text.value.noVerdictsYet}</p>;
  return (
    <ol class="verdicts">
      {frames.flatMap((on) => [
        ...on.verdicts.map((verdict) => (
          <VerdictRow key={verdict.taskId} camera={camera} on={on} verdict={verdict} />
        )),
        ...on.unassessedGroups.map((groupIndex) => (
          <UnassessedRow
            key={`${on.messageId}_group${groupIndex}`}
            camera={camera}
            on={on}
            groupIndex={groupIndex}
          />
        )),
      ])}
    </ol>
  );
}

interface RowProps {
  camera: CameraModel;
  on: FrameVerdicts;
}

function VerdictRow({ camera, on, verdict }: RowProps & { verdict: ShownVerdict }) {
  const { confidence } = text.value;
  const { llmModel, apiKeyId } = verdict.metadata;
  // A simulated model has the name of a real one.
  const by = verdict.simulated ? [apiKeyId] : [llmModel, apiKeyId];
  return (
    <li class={`verdict level-${verdict.riskLevel}`}>
      <GroupCrop camera={camera} on={on} groupIndex={verdict.groupIndex} />
      <div class="verdict-text">
        <p class="verdict-head">
          <LevelBadge level={verdict.riskLevel} />
          <strong>{riskTypes(verdict)}</strong>
          {verdict.simulated && <SimulatedTag />}
          <When at={on.capturedAt} />
        </p>
        <p class="description">{verdict.description}</p>
        <p class="quiet number">
          {[`${confidence} ${Math.round(verdict.confidence * 100)} %`, ...by.map((of) => of ?? "–")].join(
            " · ",
          )}
        </p>
      </div>
    </li>
  );
}

function UnassessedRow({ camera, on, groupIndex }: RowProps & { groupIndex: number }) {
  const { statuses, waitingForVerdict } = text.value;
  const end = on.unassessedReasons.find((reason) => reason.groupIndex === groupIndex);
  return (
    <li class="verdict level-unassessed">
      <GroupCrop camera={camera} on={on} groupIndex={groupIndex} />
      <div class="verdict-text">
        <p class="verdict-head">
          <LevelBadge level="unassessed" />
          <When at={on.capturedAt} />
        </p>
        <p class="quiet">
          {end ? statuses[end.status] : waitingForVerdict}
          {end?.errorCode && ` · ${end.errorCode}`}
        </p>
      </div>
    </li>
  );
}

/** Nothing where the frame came before the page looked; once seen it is kept as long as its verdict. */
function GroupCrop({ camera, on, groupIndex }: RowProps & { groupIndex: number }) {
  const frame = useRef<PicturedFrame | undefined>(undefined);
  frame.current ??= [camera.frame.peek(), ...model.recent.frames.values()].find(
    (known) => known?.messageId === on.messageId,
  );
  const group = on.trafficGroups.find((of) => of.groupIndex === groupIndex);
  if (!frame.current?.jpeg || !group) return null;
  return <Crop jpeg={frame.current.jpeg} imageWidth={frame.current.imageWidth} bbox={group.bbox} />;
}

function When({ at }: { at: number }) {
  const { ago } = text.value;
  return (
    <time class="when number" dateTime={new Date(at).toISOString()} title={clockTime(at, timezone.value)}>
      {ago(age(model.now.value - at))}
    </time>
  );
}
