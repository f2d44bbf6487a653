import { computed, signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { ShownIncident } from "../../screen-messages.ts";
import { text } from "../i18n/text.ts";
import { type Choice, Choices } from "../parts/choices.tsx";
import { IncidentCard } from "../parts/incident-card.tsx";
import { model } from "../state/page.ts";
import { incidentsHref } from "../state/route.ts";

type LevelFilter = "all" | "medium" | "high";
type StateFilter = "all" | "open" | "cleared";

const level = signal<LevelFilter>("all");
const state = signal<StateFilter>("all");

const isOpen = (incident: ShownIncident) => incident.state !== "cleared";
export const openIncidents = computed(() => model.incidents.value.filter(isOpen));

const filtered = computed(() =>
  model.incidents.value
    .filter(({ riskLevel }) => level.value === "all" || riskLevel === level.value)
    .filter((incident) => state.value === "all" || isOpen(incident) === (state.value === "open")),
);

export function IncidentsView() {
  const { all, levels, states, open, filterLevel, filterState, incidents } = text.value;
  const levelChoices: Choice<LevelFilter>[] = [
    ["all", all],
    ["high", levels.high],
    ["medium", levels.medium],
  ];
  const stateChoices: Choice<StateFilter>[] = [
    ["all", all],
    ["open", open],
    ["cleared", states.cleared],
  ];
  return (
    <section class="incidents-view">
      <header class="view-head">
        <h1>{incidents}</h1>
        <Choices label={filterLevel} choices={levelChoices} chosen={level} />
        <Choices label={filterState} choices={stateChoices} chosen={state} />
      </header>
      <IncidentList incidents={filtered.value} none={<NoIncidents />} />
    </section>
  );
}

/** Beside the wall, where there is room. */
const besideTheWall = 40;

export function IncidentsAside() {
  return (
    <aside class="incidents-aside" aria-label={text.value.incidents}>
      <header class="view-head">
        <h2>{text.value.incidents}</h2>
        <a href={incidentsHref}>{text.value.allIncidents}</a>
      </header>
      <IncidentList incidents={model.incidents.value.slice(0, besideTheWall)} none={<NoIncidents />} />
    </aside>
  );
}

/** What happened at one camera. */
export function CameraIncidents({ cameraId }: { cameraId: string }) {
  const incidents = model.incidents.value.filter((incident) => String(incident.cameraId) === cameraId);
  return (
    <section class="camera-incidents">
      <h2>{text.value.incidents}</h2>
      <IncidentList incidents={incidents} none={<p class="quiet">{text.value.noIncidents}</p>} />
    </section>
  );
}

function NoIncidents() {
  const { noIncidents, noIncidentsHint, noIncidentsFiltered } = text.value;
  const none = model.incidents.value.length === 0;
  return (
    <div class="empty">
      <p>{none ? noIncidents : noIncidentsFiltered}</p>
      {none && <p class="quiet">{noIncidentsHint}</p>}
    </div>
  );
}

function IncidentList(props: { incidents: readonly ShownIncident[]; none: ComponentChildren }) {
  const { incidents, none } = props;
  if (incidents.length === 0) return none;
  return (
    <ol class="incidents">
      {incidents.map((incident) => (
        <IncidentCard key={incident.incidentId} incident={incident} />
      ))}
    </ol>
  );
}
