import { createHash } from "node:crypto";
import type { Incident } from "../messages/incident.ts";

/** An incident as screens get it: where its picture is to be had, instead of the picture. */
export type ShownIncident = Omit<Incident, "imageBase64"> & { picture: string | null };

/** The address names the picture too, so that a browser fetches it once, and again only when it is another. */
export function shownIncident({ imageBase64, ...incident }: Incident): ShownIncident {
  return {
    ...incident,
    picture: imageBase64 === undefined ? null : pathOf(incident, imageBase64),
  } as ShownIncident;
}

function pathOf({ cameraId, incidentId }: Pick<Incident, "cameraId" | "incidentId">, image: string): string {
  const digest = createHash("sha256").update(image).digest("hex").slice(0, 16);
  return `/api/cameras/${encodeURIComponent(cameraId)}/incidents/${encodeURIComponent(incidentId)}/picture.jpg?of=${digest}`;
}
