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

/** What there is and how fast a verdict is seen; on the right the time of the figures. */
export function Header({ model, ui, timezone, width }: HeaderProps) {
  const { at, bus, store, endToEnd, keys, cameras, roles } = model;
  const live = cameras.filter(({ state }) => state === "live").length;
  const healthy = keys.filter(({ state }) => state === "healthy" || state === "usable").length;
  const place = bus.kind === store.kind ? bus.kind : `${bus.kind}, ${store.kind}`;
  const parts = [
    place,
    counted(roles.filter(({ state }) => state === "up").length, "role"),
    `${counted(cameras.length, "camera")}${partly(live, cameras.length, "live")}`,
    `${counted(keys.length, "key")}${partly(healthy, keys.length, "healthy")}`,
    endToEnd ? `end to end ${formatAge(endToEnd.p50Ms)}, p95 ${formatAge(endToEnd.p95Ms)}` : "",
  ];
  const clock = formatTime(at, timezone).slice(11, 19);
  const text = parts.filter(Boolean).join("  ");
  const name = "tmon top";
  const room = width - stringWidth(name) - stringWidth(text) - stringWidth(clock) - 4;
  const paused = ui.paused ? " PAUSED " : "";
  return (
    <Text wrap="truncate">
      <Text bold>{name}</Text>
      {`  ${text}${" ".repeat(Math.max(1, room - paused.length))}`}
      <Text inverse>{paused}</Text>
      {"  "}
      <Text dimColor>{clock}</Text>
    </Text>
  );
}

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
