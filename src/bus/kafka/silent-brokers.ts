import { connect as connectPlain, isIP, type Socket, Socket as UnconnectedSocket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { Admin, Consumer, ISocketFactory, Producer, RequestTimeoutEvent } from "kafkajs";

/** Brokers that take connections and requests, and do not answer: frozen, or cut off. */
export interface SilentBrokers {
  /** How the library connects: to a silent broker not at all, until it answers again. */
  connect: ISocketFactory;
  /** Learns from this client's requests who is silent. */
  watch(client: Producer | Consumer | Admin): void;
  /** HOST:PORT. */
  isSilent(broker: string): boolean;
}

type Destination = Parameters<ISocketFactory>[0];

/** What a broker answers by itself. Others may wait for another broker, as Produce does for the replicas. */
const answeredAtOnce = ["ApiVersions", "Fetch", "GroupCoordinator", "Heartbeat", "Metadata", "OffsetFetch"];
const connectWithinMs = 4_000;
const answerWithinMs = 2_000;
const keepAliveMs = 60_000;
/** ApiVersions, version 0, of a client without a name: answered before any login. */
const question = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);

/**
 * The library asks a broker that does not answer again and again, each time until the request times out; for
 * metadata too, which any other broker has. So the first time-out cuts every connection to it, and new ones fail
 * at once: whoever wanted one turns to the others. Each such attempt has a look whether it answers again.
 */
export function createSilentBrokers(): SilentBrokers {
  const silent = new Set<string>();
  const asked = new Set<string>();
  const connections = new Map<string, Set<Socket>>();

  function fellSilent(broker: string): void {
    silent.add(broker);
    for (const socket of connections.get(broker) ?? []) socket.destroy(silence(broker));
  }

  function ask(broker: string, destination: Destination): void {
    if (asked.has(broker)) return;
    asked.add(broker);
    const socket = dial({ ...destination, onConnect: () => socket.write(question) });
    socket.unref();
    socket.setTimeout(answerWithinMs, () => socket.destroy());
    socket.once("data", () => {
      silent.delete(broker);
      socket.destroy();
    });
    // Who refuses is not silent.
    socket.once("error", () => silent.delete(broker));
    socket.once("close", () => asked.delete(broker));
  }

  function open(broker: string, destination: Destination): Socket {
    const socket = dial(destination);
    const sockets = connections.get(broker) ?? new Set();
    connections.set(broker, sockets.add(socket));
    const giveUp = setTimeout(() => fellSilent(broker), connectWithinMs);
    socket.once("connect", () => clearTimeout(giveUp));
    socket.once("close", () => {
      clearTimeout(giveUp);
      sockets.delete(socket);
    });
    return socket;
  }

  return {
    isSilent: (broker) => silent.has(broker),
    connect(destination) {
      const broker = `${destination.host}:${destination.port}`;
      if (!silent.has(broker)) return open(broker, destination);
      ask(broker, destination);
      const none = new UnconnectedSocket();
      setImmediate(() => none.destroy(silence(broker)));
      return none;
    },
    watch(client) {
      const on = client.on as (event: string, listener: (event: RequestTimeoutEvent) => void) => void;
      on(client.events.REQUEST_TIMEOUT, ({ payload: { apiName, broker } }) => {
        if (answeredAtOnce.includes(apiName)) fellSilent(broker);
      });
    },
  };
}

/** As the library does by itself. */
function dial({ host, port, ssl, onConnect }: Destination): Socket {
  const name = isIP(host) ? {} : { servername: host };
  const socket = ssl
    ? connectTls({ host, port, ...name, ...ssl }, onConnect)
    : connectPlain({ host, port }, onConnect);
  // What is written while it connects adds a listener each.
  return socket.setKeepAlive(true, keepAliveMs).setMaxListeners(0);
}

function silence(broker: string): Error {
  return new Error(`${broker} does not answer`);
}
