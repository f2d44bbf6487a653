import type { ShownIncident } from "../../screen-messages.ts";
import { clockTime, date, zoneOffset } from "../i18n/format.ts";
import { riskTypes, text } from "../i18n/text.ts";
import { model, timezone } from "../state/page.ts";
import { cameraHref } from "../state/route.ts";
import { LevelBadge, SimulatedTag } from "./level.tsx";

/** One that arrived while somebody looks draws the eye for this long. */
const arrivalMs = 12_000;

/** Whatever the VLM wrote is text here and never markup. */
export function IncidentCard({ incident }: { incident: ShownIncident }) {
  const { incidentId, cameraId, riskLevel, state, picture } = incident;
  const { states, unverified } = text.value;
  return (
    <li class={`incident level-${riskLevel} state-${state} ${isArriving(incidentId) ? "arriving" : ""}`}>
      {picture ? <img src={picture} alt="" loading="lazy" decoding="async" /> : <span class="no-picture" />}
      <div class="incident-text">
        <p class="incident-head">
          <LevelBadge level={riskLevel} />
          <a class="whole" href={cameraHref(cameraId)}>
            {cameraId}
          </a>
          <span class={`tag state-${state}`}>{states[state]}</span>
        </p>
        <p class="types">
          {riskTypes(incident)}
          {!incident.verified && <span class="tag">{unverified}</span>}
          {incident.simulated && <SimulatedTag />}
        </p>
        <p class="description">{incident.description}</p>
        <Seen {...incident} />
      </div>
    </li>
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
