import { type Order, orders } from "./model/order.ts";

/** What a person chose; nothing of it outlives the command. */
export interface Ui {
  order: Order;
  /** The screen stands still, the figures behind it go on. */
  paused: boolean;
  help: boolean;
}

export const firstUi: Ui = { order: "trouble", paused: false, help: false };

/** One key pressed; undefined: the person leaves. */
export function pressed(ui: Ui, key: string): Ui | undefined {
  switch (key) {
    case "q":
    case "\x03":
      return undefined;
    case "s":
      return { ...ui, order: orders[(orders.indexOf(ui.order) + 1) % orders.length] ?? firstUi.order };
    case "p":
    case " ":
      return { ...ui, paused: !ui.paused };
    case "?":
    case "h":
      return { ...ui, help: !ui.help };
    default:
      // Any other key leaves the help.
      return { ...ui, help: false };
  }
}
