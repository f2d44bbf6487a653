import type { RiskLevel } from "../../../messages/result.ts";
import { text } from "../i18n/text.ts";

/** A shape for each level: who cannot tell the colours apart tells the shapes. */
const shapes: Record<RiskLevel | "unassessed", preact.JSX.Element> = {
  none: <circle cx="8" cy="8" r="5" class="hollow" />,
  low: <rect x="3" y="3" width="10" height="10" rx="1.5" />,
  medium: <path d="M8 1.8 15 14H1Z" />,
  high: <path d="M8 0.6 15.4 8 8 15.4 0.6 8ZM7 4v5h2V4ZM7 10.4v2h2v-2Z" fill-rule="evenodd" />,
  unassessed: <circle cx="8" cy="8" r="5" class="hollow dashed" />,
};

export function LevelGlyph({ level }: { level: RiskLevel | "unassessed" }) {
  return (
    <svg class="glyph" viewBox="0 0 16 16" aria-hidden="true">
      {shapes[level]}
    </svg>
  );
}

export function LevelBadge({ level }: { level: RiskLevel | "unassessed" }) {
  const { levels, unassessed } = text.value;
  return (
    <span class={`badge level-${level}`}>
      <LevelGlyph level={level} />
      <span class="badge-name">{level === "unassessed" ? unassessed : levels[level]}</span>
    </span>
  );
}

/** Lies over a picture that tmon has drawn itself: no road of anybody's. */
export function RenderedTag() {
  return (
    <span class="tag simulated rendered" title={text.value.renderedLong}>
      {text.value.simulation}
    </span>
  );
}

/** Said wherever a verdict of a simulated VLM is shown. */
export function SimulatedTag() {
  const { simulated, simulatedShort, simulatedLong } = text.value;
  return (
    <span class="tag simulated" title={simulatedLong}>
      <span class="long">{simulated}</span>
      <span class="short" aria-hidden="true">
        {simulatedShort}
      </span>
    </span>
  );
}
