import { getJson } from "./get-json.ts";
import type { Connection } from "./model.ts";
import { dispatch, type Handlers } from "./wire.ts";

export interface ConnectionOptions {
  path: string;
  onConnection(state: Connection): void;
  onOpen(send: (message: object) => void): void;
  onMessage: Handlers;
}

/** The server says something at least every 2 s; when it says nothing for this long, it is gone. */
const silenceMs = 10_000;
const backOff = { firstMs: 500, maxMs: 8_000 };

/** One WebSocket after the other: when one ends, the next is opened after a wait that grows and is jittered. */
export function keepConnected({ path, onConnection, onOpen, onMessage }: ConnectionOptions): void {
  const address = new URL(path, location.href);
  address.protocol = address.protocol.replace("http", "ws");
  let wasLive = false;
  let failures = 0;
  let waiting: ReturnType<typeof setTimeout> | undefined;

  function open(): void {
    waiting = undefined;
    const socket = new WebSocket(address);
    socket.binaryType = "arraybuffer";
    let watchdog = setTimeout(lost, silenceMs);

    socket.onopen = () => onOpen((message) => socket.send(JSON.stringify(message)));
    socket.onmessage = ({ data }) => {
      clearTimeout(watchdog);
      watchdog = setTimeout(lost, silenceMs);
      wasLive = true;
      failures = 0;
      onConnection("live");
      dispatch(data, onMessage);
    };
    socket.onclose = lost;

    /** Once a socket; one whose peer vanished closes only much later. */
    function lost(): void {
      clearTimeout(watchdog);
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
      if (wasLive) onConnection("reconnecting");
      retry();
    }
  }

  function retry(): void {
    const most = Math.min(backOff.maxMs, backOff.firstMs * 2 ** failures);
    failures += 1;
    waiting = setTimeout(open, most * (0.5 + Math.random() / 2));
    // A browser does not say why a WebSocket was refused; a request does.
    getJson("/api/cameras").catch(() => {});
  }

  function retryNow(): void {
    if (waiting === undefined) return;
    clearTimeout(waiting);
    failures = 0;
    open();
  }

  addEventListener("online", retryNow);
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible") retryNow();
  });
  open();
}
