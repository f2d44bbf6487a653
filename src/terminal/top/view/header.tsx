import { Text } from "ink";
import stringWidth from "string-width";
import { counted } from "../../counted.ts";
import { formatAge, formatTime } from "../../time.ts";
import type { Model } from "../model/model.ts";
import { orders } from "../model/order.ts";
import type { Ui } from "../ui.ts";

interface HeaderProps {
  model: Model;
  ui: Ui;
  timezone: string;
  width: number;
}

/** Whose figures, of when; then what there is, and how fast a verdict is seen. */
export function Header({ model, ui, timezone, width }: HeaderProps) {
  const { at, bus, store, endToEnd, keys, cameras, roles } = model;
  const up = roles.filter(({ state }) => state === "up").length;
  const live = cameras.filter(({ state }) => state === "live").length;
  const healthy = keys.filter(({ state }) => ["healthy", "usable"].includes(state)).length;
  const place = bus.kind === store.kind ? `${bus.kind} bus and store` : `${bus.kind}, ${store.kind}`;
  const counts = [
    `${counted(roles.length, "role")}${partly(up, roles.length, "up")}`,
    `${counted(cameras.length, "camera")}${partly(live, cameras.length, "live")}`,
    `${counted(keys.length, "key")}${partly(healthy, keys.length, "healthy")}`,
  ];
  const endToEndText = endToEnd
    ? `end to end ${formatAge(endToEnd.p50Ms)}, p95 ${formatAge(endToEnd.p95Ms)}`
    : "";
  const clock = formatTime(at, timezone).slice(11, 19);
  const paused = ui.paused ? "PAUSED" : "";
  return (
    <>
      <Apart width={width} left={`tmon top  ${place}`} right={clock} mark={paused} />
      <Apart width={width} left={counts.join("  ")} right={endToEndText} />
    </>
  );
}

function Apart({
  left,
  mark = "",
  right,
  width,
}: {
  left: string;
  mark?: string;
  right: string;
  width: number;
}) {
  const room = width - stringWidth(left + mark + right) - gap.length;
  return (
    <Text wrap="truncate">
      {left + " ".repeat(Math.max(gap.length, room))}
      <Text inverse>{mark}</Text>
      {gap + right}
    </Text>
  );
}

const gap = "  ";

/** Said only where it is not all of them. */
function partly(some: number, all: number, what: string): string {
  return some === all ? "" : ` (${some} ${what})`;
}

export function Footer({ ui }: { ui: Ui }) {
  const keys = [
    ["q", "quit"],
    ["p", ui.paused ? "go on" : "pause"],
    ["s", `sort: ${ui.order}`.padEnd("sort: ".length + Math.max(...orders.map(({ length }) => length)))],
    ["?", ui.help ? "back" : "help"],
  ] as const;
  return (
    <Text wrap="truncate">
      {keys.map(([key, what]) => (
        <Text key={key}>
          <Text bold>{key}</Text>
          <Text dimColor>{` ${what}   `}</Text>
        </Text>
      ))}
    </Text>
  );
}
