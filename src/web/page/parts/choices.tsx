import type { Signal } from "@preact/signals";

export type Choice<T extends string> = readonly [value: T, label: string];

/** A few choices of which one holds. */
export function Choices<T extends string>(props: {
  label: string;
  choices: readonly Choice<T>[];
  chosen: Signal<T>;
}) {
  const { label, choices, chosen } = props;
  return (
    <fieldset class="choices">
      <legend class="quiet">{label}</legend>
      {choices.map(([value, name]) => (
        <button
          key={value}
          type="button"
          aria-pressed={chosen.value === value}
          onClick={() => {
            chosen.value = value;
          }}
        >
          {name}
        </button>
      ))}
    </fieldset>
  );
}
