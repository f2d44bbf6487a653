import { age, clockTime, duration } from "../i18n/format.ts";
import { text } from "../i18n/text.ts";
import { conditionOf, frameAgeMs } from "../state/condition.ts";
import type { CameraModel } from "../state/model.ts";
import { model, timezone } from "../state/page.ts";
import { reasonOf } from "./trouble.tsx";

/** How a camera's stream is. Its address comes without a password from the server. */
export function StreamFacts({ camera }: { camera: CameraModel }) {
  const { conditions, stream, since, interval, address, lastFrame, ago } = text.value;
  const now = model.now.value;
  const status = camera.status.value;
  const condition = conditionOf(camera, now);
  const frameAge = frameAgeMs(camera, now);
  return (
    <dl class="facts">
      <div>
        <dt>{stream}</dt>
        <dd>
          <span class={`condition is-${condition}`}>{conditions[condition]}</span>
          {status?.since && (
            <span class="quiet number">
              {" "}
              {since} {clockTime(Date.parse(status.since), timezone.value)}
            </span>
          )}
          <span class="reason">{reasonOf(camera)}</span>
        </dd>
      </div>
      <div>
        <dt>{lastFrame}</dt>
        <dd class="number">{frameAge === undefined ? "–" : ago(age(frameAge))}</dd>
      </div>
      {status?.intervalMs && (
        <div>
          <dt>{interval}</dt>
          <dd class="number">{duration(status.intervalMs)}</dd>
        </div>
      )}
      {status?.url && (
        <div>
          <dt>{address}</dt>
          <dd class="address">{status.url}</dd>
        </div>
      )}
    </dl>
  );
}
