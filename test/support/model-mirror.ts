import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll } from "vitest";

/** How a mirror serves its file. */
export interface MirrorManners {
  file: Buffer;
  /** Answers this instead of the file. */
  status?: number;
  /** Without it the server knows no ranges, and gives no ETag. */
  ranges?: boolean;
  /** Each connection is reset after so many bytes of the file. */
  cutAfter?: number;
  /** Each answer stops after so many bytes, and says no more. */
  hangAfter?: number | undefined;
  redirect?: boolean;
}

export interface ModelMirror {
  /** Its directory, with a / at its end. */
  readonly url: string;
  readonly requests: { path: string; range: string | undefined; headers: IncomingMessage["headers"] }[];
  /** From the next request on. */
  behave(manners: Partial<MirrorManners>): void;
}

const servers = new Set<ReturnType<typeof createServer>>();
afterAll(() => {
  for (const server of servers) server.close().closeAllConnections();
});

/** A web server with one file, under every name; gone when the test file ends. */
export async function startModelMirror(first: MirrorManners): Promise<ModelMirror> {
  let manners = first;
  const requests: ModelMirror["requests"] = [];
  const server = createServer((request, response) => {
    const { url: path = "", headers } = request;
    requests.push({ path, range: headers.range, headers });
    const { status, redirect } = manners;
    if (status !== undefined) return void response.writeHead(status).end("no file");
    if (redirect && !path.startsWith("/moved/"))
      return void response.writeHead(302, { location: `/moved${path}` }).end();
    serve(manners, request, response);
  }).listen(0, "127.0.0.1");
  servers.add(server);
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/models/`,
    requests,
    behave(changes) {
      manners = { ...manners, ...changes };
    },
  };
}

function serve(
  { file, ranges, cutAfter, hangAfter }: MirrorManners,
  { headers }: IncomingMessage,
  response: ServerResponse,
) {
  const etag = `"${createHash("md5").update(file).digest("hex")}"`;
  const [, from] = /^bytes=(\d+)-$/.exec(headers.range ?? "") ?? [];
  const isRest = ranges && from !== undefined && headers["if-range"] === etag;
  if (isRest && Number(from) >= file.length) return void response.writeHead(416).end();
  const rest = isRest ? file.subarray(Number(from)) : file;
  response.writeHead(isRest ? 206 : 200, { "content-length": rest.length, ...(ranges && { etag }) });
  const most = cutAfter ?? hangAfter ?? rest.length;
  if (most >= rest.length) return void response.end(rest);
  response.write(rest.subarray(0, most), () => {
    if (cutAfter !== undefined) response.socket?.end();
  });
}
