import { signal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { ShownIncident } from "../../screen-messages.ts";
import { clockTime, date, zoneOffset } from "../i18n/format.ts";
import { riskTypes, text } from "../i18n/text.ts";
import { model, timezone } from "../state/page.ts";
import { cameraHref } from "../state/route.ts";
import { LevelBadge, SimulatedTag } from "./level.tsx";

/** One that arrived while somebody looks draws the eye for this long. */
const arrivalMs = 12_000;

/** The incident whose picture is shown large. */
export const enlarged = signal<string | undefined>(undefined);

export function IncidentCard({ incident }: { incident: ShownIncident }) {
  const { incidentId, cameraId, riskLevel, state } = incident;
  return (
    <li class={`incident level-${riskLevel} state-${state} ${isArriving(incidentId) ? "arriving" : ""}`}>
      <Evidence {...incident} />
      <IncidentText incident={incident}>
        <a class="whole" href={cameraHref(cameraId)} title={String(cameraId)}>
          {cameraId}
        </a>
      </IncidentText>
    </li>
  );
}

function Evidence({ incidentId, cameraId, picture }: ShownIncident) {
  if (!picture) return <span class="no-picture" />;
  return (
    <button
      type="button"
      class="evidence"
      aria-haspopup="dialog"
      aria-label={`${text.value.enlarge}: ${cameraId}`}
      onClick={() => {
        enlarged.value = incidentId;
      }}
    >
      <img src={picture} alt="" loading="lazy" decoding="async" />
    </button>
  );
}

/** Whatever the VLM wrote is text here and never markup. The camera's name is the child. */
export function IncidentText(props: { incident: ShownIncident; children: ComponentChildren }) {
  const { incident, children } = props;
  const { riskLevel, state, verified, simulated, description } = incident;
  const { states, unverified } = text.value;
  return (
    <div class="incident-text">
      <p class="incident-head">
        <LevelBadge level={riskLevel} />
        {children}
      </p>
      <p class="types">
        {riskTypes(incident)}
        {!verified && <span class="tag">{unverified}</span>}
        {simulated && <SimulatedTag />}
      </p>
      <p class="description">{description}</p>
      <div class="incident-foot">
        <Seen {...incident} />
        <span class={`tag state-${state}`}>{states[state]}</span>
      </div>
    </div>
  );
}

function isArriving(incidentId: string): boolean {
  const arrivedAt = model.arrivals.value.get(incidentId);
  model.now.value;
  return arrivedAt !== undefined && Date.now() - arrivedAt < arrivalMs;
}

function Seen({ firstSeen, lastSeen }: Pick<ShownIncident, "firstSeen" | "lastSeen">) {
  const zone = timezone.value;
  const [first, last] = [Date.parse(firstSeen), Date.parse(lastSeen)];
  const { firstSeen: firstWord, lastSeen: lastWord } = text.value;
  return (
    <p class="seen number">
      <time dateTime={firstSeen} title={firstWord}>
        <span class={date(first, zone) === date(model.now.value, zone) ? "today" : ""}>
          {date(first, zone)}{" "}
        </span>
        {clockTime(first, zone)}
      </time>
      {last > first && (
        <time dateTime={lastSeen} title={lastWord}>
          {" – "}
          {clockTime(last, zone)}
        </time>
      )}{" "}
      <span class="zone">{zoneOffset(first, zone)}</span>
    </p>
  );
}
