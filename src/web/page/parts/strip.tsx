import { signal } from "@preact/signals";
import { clockTime, date, zoneOffset } from "../i18n/format.ts";
import { text } from "../i18n/text.ts";
import { model, timezone } from "../state/page.ts";
import { language, theme, themes } from "../state/preferences.ts";
import { incidentsHref, route, wallHref } from "../state/route.ts";
import { openIncidents } from "../views/incidents.tsx";
import { SimulatedTag } from "./level.tsx";
import { Meters } from "./meters.tsx";

export const helpOpen = signal(false);

/** The strip on top: where one is, how the system is, what time it is there. */
export function Strip() {
  return (
    <header class="strip">
      <div class="strip-name">
        <strong class="logo">tmon</strong>
        <ConnectionChip />
        {isSimulation() ? <SimulationTag /> : model.system.value?.simulated && <SimulatedTag />}
      </div>
      <Views />
      <Meters />
      <div class="strip-end">
        <Clock />
        <Switches />
      </div>
    </header>
  );
}

/** Every camera is rendered. */
function isSimulation(): boolean {
  const cameras = model.cameras.value;
  return cameras.length > 0 && cameras.every(({ status }) => status.value?.source === "sim");
}

function SimulationTag() {
  const { simulation, noRealRoads, simulationLong } = text.value;
  return (
    <strong class="tag simulated simulation" title={simulationLong}>
      {simulation}
      <span class="more">{noRealRoads}</span>
    </strong>
  );
}

function ConnectionChip() {
  const connection = model.connection.value;
  return (
    <span class={`connection is-${connection}`} role="status">
      {text.value.connections[connection]}
    </span>
  );
}

function Views() {
  const { view } = route.value;
  const open = openIncidents.value.length;
  return (
    <nav class="views">
      <a href={wallHref} aria-current={view === "wall" ? "page" : undefined}>
        {text.value.wall}
      </a>
      <a href={incidentsHref} aria-current={view === "incidents" ? "page" : undefined}>
        {text.value.incidents}
        {open > 0 && (
          <span class="counter number">
            {open}
            <span class="visually-hidden"> {text.value.openIncidents}</span>
          </span>
        )}
      </a>
    </nav>
  );
}

function Clock() {
  const at = model.now.value;
  const zone = timezone.value;
  return (
    <time class="clock number">
      <b>{clockTime(at, zone)}</b>
      <small title={zone}>
        {date(at, zone)} {zoneOffset(at, zone)}
      </small>
    </time>
  );
}

const themeIcons = { auto: "◐", dark: "●", light: "○" };

function Switches() {
  const words = text.value;
  const nextTheme = themes[(themes.indexOf(theme.value) + 1) % themes.length]!;
  return (
    <div class="switches">
      <button
        type="button"
        lang={language.value === "zh" ? "en" : "zh-CN"}
        onClick={() => {
          language.value = language.value === "zh" ? "en" : "zh";
        }}
      >
        {words.otherLanguage}
      </button>
      <button
        type="button"
        aria-label={words.themes[theme.value]}
        title={words.themes[theme.value]}
        onClick={() => {
          theme.value = nextTheme;
        }}
      >
        {themeIcons[theme.value]}
      </button>
      <button
        type="button"
        aria-label={words.help}
        title={words.help}
        onClick={() => {
          helpOpen.value = true;
        }}
      >
        ?
      </button>
    </div>
  );
}
