import type { AddressInfo } from "node:net";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import { messageOf, TmonError } from "../errors.ts";

export interface ListenOptions {
  host: string;
  /** Undefined: the default, which gives way to a free one if taken. 0: any. */
  port: number | undefined;
  defaultPort: number;
  log: Logger;
}

/**
 * Listens, and says on which port.
 * @throws TmonError TMON_PORT_IN_USE, TMON_CONFIG_INVALID
 */
export async function listen(server: FastifyInstance, options: ListenOptions): Promise<number> {
  const { host, port, defaultPort, log } = options;
  try {
    await server.listen({ host, port: port ?? defaultPort });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") {
      throw new TmonError(
        "TMON_CONFIG_INVALID",
        `cannot listen on ${host}: ${messageOf(error)}`,
        "name an address of this machine with --host, and a port it may use with --port",
        { cause: error },
      );
    }
    if (port !== undefined) throw portInUse(host, port);
    await server.listen({ host, port: 0 });
    log.warn({ defaultPort, port: portOf(server) }, `port ${defaultPort} is taken: listening on another`);
  }
  return portOf(server);
}

function portOf(server: FastifyInstance): number {
  return (server.server.address() as AddressInfo).port;
}

function portInUse(host: string, port: number): TmonError {
  return new TmonError(
    "TMON_PORT_IN_USE",
    `port ${port} on ${host} is taken by another process`,
    "name another with --port, or 0 for any free one",
  );
}
