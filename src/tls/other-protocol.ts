import { connect as connectPlain, isIP, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { TmonError } from "../errors.ts";

/** Who gave no answer, and how it was asked. */
export interface SilentServer {
  host: string;
  port: number;
  /** As people are told of it. */
  name: string;
  isAskedByTls: boolean;
  /** What it answers in the clear before any login. */
  question: Buffer;
  isAnswer(bytes: Buffer): boolean;
  /** What to set where it speaks TLS, and where it does not. */
  todo: { tls: string; plain: string };
}

const withinMs = 2_000;

/**
 * Why no retry helps: the server speaks TLS and was asked in the clear, or the other way round. Neither is told by
 * what happens then, for it closes the connection or waits for more. So it is asked once more in the other way, and
 * nothing secret is said by that.
 */
export async function otherProtocol(server: SilentServer): Promise<TmonError | undefined> {
  const { name, isAskedByTls, todo } = server;
  if (isAskedByTls)
    return (await answersPlainly(server))
      ? new TmonError("TMON_TLS_FAILED", `${name} speaks no TLS`, todo.plain)
      : undefined;
  return (await answersByTls(server))
    ? new TmonError("TMON_TLS_FAILED", `${name} speaks TLS only`, todo.tls)
    : undefined;
}

function answersPlainly({ host, port, question, isAnswer }: SilentServer): Promise<boolean> {
  const socket = connectPlain({ host, port }, () => socket.write(question));
  return outcome(socket, (tell) => socket.once("data", (bytes) => tell(isAnswer(bytes))));
}

function answersByTls({ host, port }: SilentServer): Promise<boolean> {
  const name = isIP(host) ? {} : { servername: host };
  const socket = connectTls({ host, port, ...name, rejectUnauthorized: false });
  return outcome(socket, (tell) => {
    socket.once("secureConnect", () => tell(true));
    socket.once("error", ({ code = "" }: NodeJS.ErrnoException) => tell(code.includes("_ALERT_")));
  });
}

/** False where nothing is told in time. */
async function outcome(socket: Socket, listen: (tell: (is: boolean) => void) => void): Promise<boolean> {
  try {
    return await new Promise<boolean>((resolve) => {
      listen(resolve);
      socket.on("error", () => {});
      socket.once("close", () => resolve(false));
      socket.setTimeout(withinMs, () => resolve(false));
    });
  } finally {
    socket.destroy();
  }
}
