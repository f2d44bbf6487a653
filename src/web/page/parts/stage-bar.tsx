import { duration } from "../i18n/format.ts";
import { text } from "../i18n/text.ts";
import type { Stages } from "../state/stages.ts";

/** Where a verdict's time went: one bar, and the same in numbers. */
export function StageBar({ stages, totalMs }: Stages) {
  const { stages: names, total } = text.value;
  const sum = stages.reduce((all, { ms }) => all + (ms ?? 0), 0) || 1;
  return (
    <div class="stages">
      <div class="stage-bar" aria-hidden="true">
        {stages.map(({ name, ms = 0 }) => (
          <span key={name} class={`stage-${name}`} style={{ width: `${(100 * ms) / sum}%` }} />
        ))}
      </div>
      <dl class="stage-list">
        {stages.map(({ name, ms }) => (
          <div key={name}>
            <dt>
              <span class={`swatch stage-${name}`} />
              {names[name]}
            </dt>
            <dd class="number">{duration(ms)}</dd>
          </div>
        ))}
        <div class="total">
          <dt>{total}</dt>
          <dd class="number">{duration(totalMs)}</dd>
        </div>
      </dl>
    </div>
  );
}
