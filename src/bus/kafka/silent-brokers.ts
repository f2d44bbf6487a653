import { connect as connectPlain, isIP, type Socket, Socket as UnconnectedSocket } from "node:net";
import { connect as connectTls } from "node:tls";
import type { ISocketFactory } from "kafkajs";

/** Brokers that take connections and requests, and do not answer: frozen, or cut off. */
export interface SilentBrokers {
  /** How the library connects: to a silent broker not at all, until it answers again. */
  connect: ISocketFactory;
  /** HOST:PORT. */
  isSilent(broker: string): boolean;
}

type Destination = Parameters<ISocketFactory>[0];

const lookEveryMs = 500;
/**
 * In looks and by no clock: a process that was stopped or busy for seconds has not looked. Together less than a
 * request has time: after one that timed out, the library takes a connection for a good one whose broker has never
 * answered.
 */
const suspectAfterLooks = 4;
const silentAfterLooks = 4;
const keepAliveMs = 60_000;
/** ApiVersions, version 0, of a client without a name: answered before any login. */
const question = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 0, 0xff, 0xff]);

/**
 * The library asks a broker that does not answer again and again, each time until the request times out; for
 * metadata too, which any other broker has. So a broker that owes an answer is asked aside: a request may also wait
 * for others, as Produce does for the replicas, and with it what follows on its connection. If that question is not
 * answered either, every connection is cut, and new ones fail at once: whoever wanted one turns to the others. Each
 * such attempt asks again.
 *
 *   answering -(a request waits, and the question is not answered)-> silent -(the question is answered)-> answering
 */
export function createSilentBrokers(): SilentBrokers {
  const silent = new Set<string>();
  const asked = new Set<string>();
  /** Open or opening. */
  const connections = new Map<Socket, { destination: Destination; answers: Answers }>();
  let looking: NodeJS.Timeout | undefined;

  function look(): void {
    for (const { destination, answers } of connections.values()) if (answers.isMissing()) ask(destination);
  }

  function ask(destination: Destination): void {
    const broker = nameOf(destination);
    if (asked.has(broker)) return;
    asked.add(broker);
    const socket = dial({ ...destination, onConnect: () => socket.write(question) });
    socket.unref();
    let looks = 0;
    const waiting = everyLook(() => {
      looks += 1;
      if (looks < silentAfterLooks || socket.destroyed) return;
      fellSilent(broker);
      socket.destroy();
    });
    socket.once("data", () => {
      silent.delete(broker);
      socket.destroy();
    });
    // Who refuses is not silent.
    socket.on("error", () => silent.delete(broker));
    socket.once("close", () => {
      clearInterval(waiting);
      asked.delete(broker);
    });
  }

  function fellSilent(broker: string): void {
    silent.add(broker);
    for (const [socket, { destination }] of connections)
      if (nameOf(destination) === broker) socket.destroy(silence(broker));
  }

  function open(destination: Destination): Socket {
    const socket = dial(destination);
    const answers = watchAnswers(socket, destination.ssl ? "secureConnect" : "connect");
    connections.set(socket, { destination, answers });
    looking ??= everyLook(look);
    // The library that is just disconnecting would wait for an answer for ever; it ends the connection once it has all.
    socket.once("end", () => {
      if (!socket.writableEnded) socket.destroy(new Error(`${nameOf(destination)} closed the connection`));
    });
    socket.once("close", () => {
      connections.delete(socket);
      if (connections.size > 0) return;
      clearInterval(looking);
      looking = undefined;
    });
    return socket;
  }

  return {
    isSilent: (broker) => silent.has(broker),
    connect(destination) {
      const broker = nameOf(destination);
      if (!silent.has(broker)) return open(destination);
      ask(destination);
      const none = new UnconnectedSocket();
      process.nextTick(() => none.destroy(silence(broker)));
      return none;
    },
  };
}

/** What has come by then is read first. */
function everyLook(look: () => void): NodeJS.Timeout {
  return setInterval(() => setImmediate(look), lookEveryMs).unref();
}

interface Answers {
  /** At a look: it connects, or something was sent since something came, and nothing has come for long. */
  isMissing(): boolean;
}

function watchAnswers(socket: Socket, opened: string): Answers {
  let isOpen = false;
  let quietLooks = 0;
  let writtenThen = 0;
  const heard = () => {
    quietLooks = 0;
    writtenThen = socket.bytesWritten;
  };
  socket.once(opened, () => {
    isOpen = true;
    heard();
  });
  socket.on("data", heard);
  return {
    isMissing() {
      quietLooks += 1;
      return quietLooks >= suspectAfterLooks && (!isOpen || socket.bytesWritten > writtenThen);
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

function nameOf({ host, port }: Destination): string {
  return `${host}:${port}`;
}

function silence(broker: string): Error {
  return new Error(`${broker} does not answer`);
}
