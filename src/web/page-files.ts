import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";

/** Where `npm run build` puts the page; the same from src/web and from dist/web. */
const folder = fileURLToPath(new URL("../../dist/web/page", import.meta.url));

const assets = join(folder, "assets");

const types: Record<string, string> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
};

export interface PageFile {
  type: string;
  cacheControl: string;
  plain: Buffer;
  gzipped: Buffer;
}

/**
 * The page's few files, by path: read and compressed once. The name of what is in assets/ changes with its
 * content, so browsers keep it; index.html names it.
 * @param language the page's, until its user chooses
 */
export function readPageFiles(language: string): ReadonlyMap<string, PageFile> {
  if (!existsSync(folder)) return new Map();
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(paths.map((path) => [path.slice(folder.length), fileAt(path, language)]));
}

function fileAt(path: string, language: string): PageFile {
  const isIndex = path.endsWith(".html");
  const content = readFileSync(path);
  const plain = isIndex
    ? Buffer.from(content.toString().replace('lang="en"', `lang="${language}"`))
    : content;
  return {
    type: types[extname(path)] ?? "application/octet-stream",
    cacheControl: path.startsWith(assets) ? "public, max-age=31536000, immutable" : "no-cache",
    plain,
    gzipped: gzipSync(plain, { level: 9 }),
  };
}

export function sendFile(file: PageFile, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const gzip = /\bgzip\b/.test(request.headers["accept-encoding"] ?? "");
  reply.headers({ "cache-control": file.cacheControl, vary: "accept-encoding" }).type(file.type);
  return gzip ? reply.header("content-encoding", "gzip").send(file.gzipped) : reply.send(file.plain);
}
