import { age } from "../i18n/format.ts";
import { text } from "../i18n/text.ts";
import { conditionOf, frameAgeMs } from "../state/condition.ts";
import type { CameraModel } from "../state/model.ts";
import { model } from "../state/page.ts";

/** Over a picture that is not of now: what is the matter, why, and how old the picture is. */
export function Trouble({ camera }: { camera: CameraModel }) {
  const condition = conditionOf(camera, model.now.value);
  if (condition === "live") return null;
  const frameAge = frameAgeMs(camera, model.now.value);
  return (
    <span class="trouble">
      <strong>{text.value.conditions[condition]}</strong>
      <span class="reason">{reasonOf(camera)}</span>
      {frameAge !== undefined && <span class="frame-age">{text.value.ago(age(frameAge))}</span>}
    </span>
  );
}

export function reasonOf(camera: CameraModel): string | null {
  const { waitingReason, staleReason, reasons } = text.value;
  const condition = conditionOf(camera, model.now.value);
  if (condition === "waiting") return waitingReason;
  if (condition === "stale") return staleReason;
  const { reasonCode, reason = null } = camera.status.value ?? {};
  return reasonCode ? reasons[reasonCode] : reason;
}
