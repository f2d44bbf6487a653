import { computed } from "@preact/signals";
import { createModel } from "./model.ts";

/** The one model of this page. */
export const model = createModel();

/** The configured zone; the browser's until the server has said it. */
export const timezone = computed(
  () => model.system.value?.timezone ?? new Intl.DateTimeFormat().resolvedOptions().timeZone,
);
