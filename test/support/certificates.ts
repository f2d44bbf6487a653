import { join } from "node:path";
import { execa } from "execa";

/** PEM files. */
export interface Certificate {
  certificate: string;
  key: string;
}

const curve = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"];

/** A certificate authority of its own, valid for a day. */
export async function makeAuthority(directory: string, name = "ca"): Promise<Certificate> {
  const made = filesOf(directory, name);
  await request(["-nodes", "-subj", `/CN=${name}`], made);
  return made;
}

/** A certificate of an authority's for 127.0.0.1 alone; its key is encrypted where there is a password. */
export async function issue(
  authority: Certificate,
  { directory, name, password }: { directory: string; name: string; password?: string },
): Promise<Certificate> {
  const made = filesOf(directory, name);
  const by = ["-CA", authority.certificate, "-CAkey", authority.key, "-addext", "basicConstraints=CA:FALSE"];
  const secrecy = password === undefined ? ["-nodes"] : ["-passout", `pass:${password}`];
  await request([...by, ...secrecy, "-subj", `/CN=${name}`, "-addext", "subjectAltName=IP:127.0.0.1"], made);
  return made;
}

function request(options: string[], { certificate, key }: Certificate) {
  const files = ["-out", certificate, "-keyout", key];
  return execa("openssl", ["req", "-x509", "-days", "1", ...curve, ...options, ...files]);
}

function filesOf(directory: string, name: string): Certificate {
  return { certificate: join(directory, `${name}.pem`), key: join(directory, `${name}.key`) };
}
