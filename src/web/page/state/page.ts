import { computed } from "@preact/signals";
import type { RiskLevel } from "../../../messages/result.ts";
import { presentLevel } from "./condition.ts";
import { type CameraModel, createModel } from "./model.ts";

/** The one model of this page. */
export const model = createModel();

/** The configured zone; the browser's until the server has said it. */
export const timezone = computed(
  () => model.system.value?.timezone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
);

/** The level that marks a camera as this page sees it now. */
export function levelOf(camera: CameraModel): RiskLevel | undefined {
  return presentLevel(camera, { now: model.now.value, connection: model.connection.value });
}
