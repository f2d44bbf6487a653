import { useEffect, useRef } from "preact/hooks";
import { text } from "../i18n/text.ts";
import { model } from "../state/page.ts";
import { enlarged, IncidentText } from "./incident-card.tsx";

/** An incident's picture as large as the screen allows, with its verdict: the evidence a person judges by. */
export function Enlarged() {
  const dialog = useRef<HTMLDialogElement>(null);
  const incident = model.incidents.value.find(({ incidentId }) => incidentId === enlarged.value);
  const isOpen = Boolean(incident?.picture);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
  }, [isOpen]);
  if (!incident?.picture) return null;
  const { enlarge, close } = text.value;
  return (
    <dialog
      ref={dialog}
      class={`enlarged level-${incident.riskLevel}`}
      aria-label={`${enlarge}: ${incident.cameraId}`}
      onClose={() => {
        enlarged.value = undefined;
      }}
    >
      <img src={incident.picture} alt={incident.description} />
      <IncidentText incident={incident}>
        <strong>{incident.cameraId}</strong>
      </IncidentText>
      <form method="dialog">
        <button type="submit">{close}</button>
      </form>
    </dialog>
  );
}
