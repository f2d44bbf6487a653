import type { KeyFigures } from "../../screen-messages.ts";
import { clockTime, duration } from "../i18n/format.ts";
import { text } from "../i18n/text.ts";
import { timezone } from "../state/page.ts";

/** Keys usable of all and calls in flight; each key's state on hover and focus. */
export function KeysMeter({ keys }: { keys: readonly KeyFigures[] }) {
  const { meters, inFlight, noKeys } = text.value;
  const usable = keys.filter(({ state }) => state === "healthy").length;
  const calls = keys.reduce((sum, key) => sum + key.inFlight, 0);
  return (
    <div class="meter keys-meter">
      <dt>{meters.keys}</dt>
      <dd class="number">
        {keys.length === 0 ? (
          <span class="warn">{noKeys}</span>
        ) : (
          <button type="button" aria-describedby="key-states">
            <span class={usable < keys.length ? "warn" : ""}>{usable}</span>
            <small>
              /{keys.length} · {calls} {inFlight}
            </small>
          </button>
        )}
        <ul class="key-states" id="key-states">
          {keys.map((key) => (
            <KeyState key={key.id} {...key} />
          ))}
        </ul>
      </dd>
    </div>
  );
}

function KeyState({ id, model, state, inFlight, calls, failures, usableAt, latencyMs }: KeyFigures) {
  const words = text.value;
  return (
    <li>
      <strong>{id}</strong>{" "}
      <span class={state === "healthy" ? "" : "warn"}>{words.keyStates[state] ?? state}</span>
      <br />
      <span class="quiet">
        {model} · {inFlight} {words.inFlight} · {calls} {words.calls} · {failures} {words.failures} · p95{" "}
        {duration(latencyMs.p95)}
        {usableAt && ` · ${words.usableAt} ${clockTime(Date.parse(usableAt), timezone.value)}`}
      </span>
    </li>
  );
}
