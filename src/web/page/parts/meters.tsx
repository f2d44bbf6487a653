import type { ComponentChildren } from "preact";
import { count, duration } from "../i18n/format.ts";
import { text } from "../i18n/text.ts";
import { conditionOf } from "../state/condition.ts";
import { model } from "../state/page.ts";
import { KeysMeter } from "./keys-meter.tsx";

export function Meter({ name, children }: { name: string; children: ComponentChildren }) {
  return (
    <div class="meter">
      <dt>{name}</dt>
      <dd class="number">{children}</dd>
    </div>
  );
}

/** How much goes through, how fast, and how far behind. */
export function Meters() {
  const { meters, groups } = text.value;
  const cameras = model.cameras.value;
  const live = cameras.filter((camera) => conditionOf(camera, model.now.value) === "live").length;
  // Figures of before the connection was lost are not of now.
  const isLive = model.connection.value === "live";
  const system = model.system.value;
  return (
    <dl class="meters">
      <Meter name={meters.cameras}>
        <span class={live < cameras.length ? "warn" : ""}>{isLive ? live : "–"}</span>
        <small>/{cameras.length}</small>
      </Meter>
      {system && !isLive && <NoFigures />}
      {system && isLive && (
        <>
          <Meter name={meters.frames}>{system.framesPerSecond ?? "–"}</Meter>
          <Meter name={meters.verdicts}>{system.verdictsPerSecond ?? "–"}</Meter>
          <Meter name={meters.endToEnd}>
            {duration(system.endToEndMs.p50)} <small>/ {duration(system.endToEndMs.p95)}</small>
          </Meter>
          <KeysMeter keys={system.keys} />
          <Meter name={meters.lag}>
            {(["generator", "scheduler", "aggregator"] as const).map((group) => (
              <span key={group} class="lag" title={groups[group]}>
                <span class="visually-hidden">{groups[group]} </span>
                {count(system.lag[group])}
              </span>
            ))}
          </Meter>
        </>
      )}
    </dl>
  );
}

function NoFigures() {
  const { frames, verdicts, endToEnd, keys, lag } = text.value.meters;
  return [frames, verdicts, endToEnd, keys, lag].map((name) => (
    <Meter key={name} name={name}>
      –
    </Meter>
  ));
}
