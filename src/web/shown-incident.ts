import { createHash } from "node:crypto";
import type { Incident } from "../messages/incident.ts";
import type { ShownIncident } from "./screen-messages.ts";

/** The address names the picture too, so that a browser fetches it once, and again only when it is another. */
export function shownIncident({ imageBase64, ...incident }: Incident): ShownIncident {
  return { ...incident, picture: imageBase64 === undefined ? null : pathOf(incident, imageBase64) };
}

function pathOf({ cameraId, incidentId }: Pick<Incident, "cameraId" | "incidentId">, image: string): string {
  const digest = createHash("sha256").update(image).digest("hex").slice(0, 16);
  return `/api/cameras/${encodeURIComponent(cameraId)}/incidents/${encodeURIComponent(incidentId)}/picture.jpg?of=${digest}`;
}
