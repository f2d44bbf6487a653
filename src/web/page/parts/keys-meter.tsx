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

function KeyState(key: KeyFigures) {
  const { keyStates, ...words } = text.value;
  const { id, model, state, reasonCode, reason, inFlight, calls, failures, latencyMs } = key;
  return (
    <li>
      <strong>{id}</strong>{" "}
      <span class={state === "healthy" ? "" : "warn"}>
        {[keyStates[state] ?? state, whyOf(key), untilOf(key)].filter(Boolean).join(" · ")}
      </span>
      <br />
      <span class="quiet">
        {model && `${model} · `}
        {inFlight} {words.inFlight} · {calls} {words.calls} · {failures} {words.failures} · p95{" "}
        {duration(latencyMs.p95)}
        {reasonCode && reason && (
          <>
            <br />
            {reason}
          </>
        )}
      </span>
    </li>
  );
}

/** In the page's language; in the scheduler's words where it gives no code. */
function whyOf({ order, reasonCode, reason }: KeyFigures): string | null {
  const { takenOut, keyReasons } = text.value;
  if (order) return takenOut;
  return (reasonCode && keyReasons[reasonCode]) ?? reason;
}

function untilOf({ state, order, usableAt }: KeyFigures): string | undefined {
  const { enabled, mended, probed, usable } = text.value.keyUntil;
  if (order) return enabled;
  const time = usableAt && clockTime(Date.parse(usableAt), timezone.value);
  if (state === "disabled") return time ? probed(time) : mended;
  return state === "cooling" && time ? usable(time) : undefined;
}
