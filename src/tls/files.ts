import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import { createSecureContext, type SecureContextOptions } from "node:tls";
import type { Secret } from "../config/secret.ts";
import { messageOf, TmonError } from "../errors.ts";

/** Paths of PEM files. */
export interface TlsFiles {
  /** Of the authorities that sign the server's certificate; otherwise those Node knows. */
  caFile: string | undefined;
  certificateFile: string | undefined;
  keyFile: string | undefined;
  keyPassword?: Secret | undefined;
}

/**
 * Reads them for a connection. What is wrong with them is found here: later it would look like a server that is
 * away, and an authority's file that holds none would be passed over.
 * @throws TmonError TMON_CONFIG_INVALID
 */
export function readTlsFiles({ caFile, certificateFile, keyFile, keyPassword }: TlsFiles) {
  const options: SecureContextOptions = {};
  if (caFile !== undefined) options.ca = certificateIn(caFile);
  if (certificateFile !== undefined) options.cert = certificateIn(certificateFile);
  if (keyFile !== undefined) options.key = read(keyFile);
  if (keyPassword !== undefined) options.passphrase = keyPassword.reveal();
  try {
    createSecureContext(options);
  } catch (error) {
    throw unfit(`the key ${keyFile} cannot be used with ${certificateFile}: ${messageOf(error)}`);
  }
  return options;
}

function certificateIn(path: string): Buffer {
  const bytes = read(path);
  try {
    new X509Certificate(bytes);
    return bytes;
  } catch (error) {
    throw unfit(`${path} holds no certificate: ${messageOf(error)}`);
  }
}

function read(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw unfit(`the file ${path} cannot be read: ${messageOf(error)}`);
  }
}

function unfit(message: string): TmonError {
  return new TmonError(
    "TMON_CONFIG_INVALID",
    message,
    "name PEM files this user may read; a key must be its certificate's, and have its password if it has one",
  );
}
