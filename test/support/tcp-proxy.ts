import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

export interface TcpProxy {
  port: number;
  /** Held up, as by a lost route: connections stay and nothing goes through. Refused: they are reset. */
  cut(how: "held up" | "refused"): void;
  /** For new connections alone, or for those that were held up too. */
  mend(which: "all" | "new"): void;
  close(): void;
}

/** A way to a port of this machine that can be cut. */
export async function startTcpProxy(port: number): Promise<TcpProxy> {
  const pairs = new Set<[Socket, Socket]>();
  let way: "open" | "held up" | "refused" = "open";
  const server = createServer((inside) => {
    if (way === "refused") return void inside.resetAndDestroy();
    const outside = connect(port, "127.0.0.1");
    const pair: [Socket, Socket] = [inside, outside];
    pairs.add(pair);
    for (const socket of pair) {
      socket.on("error", () => {});
      socket.on("close", () => {
        pairs.delete(pair);
        for (const other of pair) other.destroy();
      });
    }
    if (way === "open") join(pair);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    port: (server.address() as AddressInfo).port,
    cut(how) {
      way = how;
      for (const socket of [...pairs].flat()) {
        if (how === "refused") socket.resetAndDestroy();
        else socket.unpipe().pause();
      }
    },
    mend(which) {
      way = "open";
      if (which === "all") for (const pair of pairs) join(pair);
    },
    close() {
      server.close();
      for (const pair of pairs) for (const socket of pair) socket.destroy();
    },
  };
}

function join([inside, outside]: [Socket, Socket]): void {
  inside.pipe(outside);
  outside.pipe(inside);
}
