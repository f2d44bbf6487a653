import { useEffect, useRef } from "preact/hooks";
import { text } from "../i18n/text.ts";
import { visitor } from "../state/visitor.ts";
import { LevelBadge } from "./level.tsx";
import { helpOpen } from "./strip.tsx";

/** Keys and marks. */
export function Help() {
  const dialog = useRef<HTMLDialogElement>(null);
  const open = helpOpen.value;
  useEffect(() => {
    if (open) dialog.current?.showModal();
  }, [open]);
  if (!open) return null;
  const { help, keysHelp, legend, close } = text.value;
  return (
    <dialog
      ref={dialog}
      class="help"
      aria-label={help}
      onClose={() => {
        helpOpen.value = false;
      }}
    >
      <h2>{help}</h2>
      <dl class="keys">
        <Key keys={["←", "↑", "↓", "→"]} does={keysHelp.arrows} />
        <Key keys={["Enter"]} does={keysHelp.enter} />
        <Key keys={["Esc"]} does={keysHelp.escape} />
        <Key keys={["[", "]"]} does={keysHelp.sides} />
        <Key keys={["?"]} does={keysHelp.help} />
      </dl>
      <h2>{legend}</h2>
      <p class="legend">
        {(["none", "low", "medium", "high", "unassessed"] as const).map((level) => (
          <LevelBadge key={level} level={level} />
        ))}
      </p>
      <LoggedIn />
      <form method="dialog">
        <button type="submit">{close}</button>
      </form>
    </dialog>
  );
}

function LoggedIn() {
  const who = visitor.value;
  if (!who?.loggedIn) return null;
  const { loggedInAs, roles, logOut } = text.value;
  return (
    <form class="logged-in" method="post" action="/logout">
      <p>
        {loggedInAs} <b>{who.name}</b> ({roles[who.role]})
      </p>
      <button type="submit">{logOut}</button>
    </form>
  );
}

function Key({ keys, does }: { keys: string[]; does: string }) {
  return (
    <div>
      <dt>
        {keys.map((key) => (
          <kbd key={key}>{key}</kbd>
        ))}
      </dt>
      <dd>{does}</dd>
    </div>
  );
}
