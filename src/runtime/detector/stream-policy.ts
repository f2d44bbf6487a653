import { BlockList, isIP } from "node:net";
import type { Config } from "../../config/config.ts";

/**
 * Which URLs a screen may have opened: allowed schemes and hosts alone (`web.streams` of tmon.yaml).
 *
 * A host that is a name is held to the names (`cam.example`, `.cams.example`, `*`), one that is an address to the
 * addresses and networks. Names are not resolved: a network's rule that followed DNS would say nothing of where
 * ffmpeg then connects to. The URL must be plain enough that every parser finds the same host in it.
 */
const plainUrl =
  /^(?<scheme>[a-z]+):\/\/(?:[^@/?#\\\s"'<>]*@)?(?<host>[a-z0-9_.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?(?:[/?#][^@\\\s"'<>]*)?$/i;

/** Anything else in a URL is written as %XX. */
const printable = /^[\x21-\x7e]*$/;

/** Why a URL must not be opened, fit to be shown; undefined if it may be. */
export function streamRefusal(url: string, { schemes, hosts }: Config["web"]["streams"]): string | undefined {
  if (hosts.length === 0)
    return "streams cannot be started from here: allow their hosts with web.streams.hosts in tmon.yaml";
  const { scheme, host } = (printable.test(url) && plainUrl.exec(url)?.groups) || {};
  if (scheme === undefined || host === undefined || !URL.canParse(url))
    return "the URL cannot be read: write rtsp://HOST:PORT/PATH, special characters as %XX";
  if (!schemes.some((each) => each === scheme.toLowerCase()))
    return `${scheme.toLowerCase()}: is not allowed; web.streams.schemes in tmon.yaml allows ${schemes.join(", ")}`;
  const bare = host.replace(/^\[|\]$/g, "").toLowerCase();
  if (hosts.some((rule) => allows(rule.toLowerCase(), bare))) return undefined;
  return `the host ${bare} is not allowed; web.streams.hosts in tmon.yaml says which are`;
}

function allows(rule: string, host: string): boolean {
  if (rule === "*") return true;
  const family = isIP(host);
  if (family === 0) return rule.startsWith(".") ? host.endsWith(rule) : host === rule;
  const [network = "", prefix] = rule.split("/");
  if (isIP(network) === 0) return false;
  const list = new BlockList();
  const type = (address: string) => (isIP(address) === 6 ? "ipv6" : "ipv4");
  if (prefix === undefined) list.addAddress(network, type(network));
  else list.addSubnet(network, Number(prefix), type(network));
  return list.check(host, type(host));
}
