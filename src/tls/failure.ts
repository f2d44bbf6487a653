import { TmonError } from "../errors.ts";

/** Who was to be reached, and what in the configuration says how. */
export interface TlsServer {
  /** As people are told of it. */
  name: string;
  caKey: string;
  certificateKey: string;
}

/** By Node's error codes: OpenSSL's names for what a certificate fails by, and the server's alerts. */
const cures: [codes: RegExp, todo: (server: TlsServer) => string][] = [
  [
    /ALTNAME|HOSTNAME/,
    () => "name it in the configuration as its certificate does, or have one made for this name",
  ],
  [/EXPIRED|NOT_YET_VALID/, () => "have its certificate renewed, and see that this machine's clock is right"],
  [
    /ALERT/,
    ({ certificateKey }) => `set ${certificateKey}, and its key, to a certificate that the server accepts`,
  ],
  [/^ERR_SSL_/, () => "see whether the server speaks TLS on this port"],
  [
    /CERT|^UNABLE_TO_|^INVALID_/,
    ({ caKey }) => `set ${caKey} to the certificate of the authority that signed the server's`,
  ],
];

/** What is wrong between the two, if that is why there is no connection; no retry helps. */
export function tlsFailure(
  { code, message: words }: Pick<NodeJS.ErrnoException, "code" | "message">,
  server: TlsServer,
): TmonError | undefined {
  const [, todo] = cures.find(([codes]) => codes.test(String(code))) ?? [];
  if (todo === undefined) return undefined;
  const message = `the TLS connection to ${server.name} fails: ${reasonOf(words)}`;
  return new TmonError("TMON_TLS_FAILED", message, todo(server));
}

/** OpenSSL's own errors are "THREAD:error:NUMBER:LIBRARY:FUNCTION:REASON:FILE:LINE:…". */
function reasonOf(message: string): string {
  return /error:[0-9A-F]+:[^:]*:[^:]*:([^:]+):/.exec(message)?.[1] ?? message;
}
