import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll } from "vitest";
import { sharedFile } from "./shared.ts";

const road = sharedFile("videos/road.mp4");
const cameras = new Set<{ close(): Promise<void> }>();
afterAll(async () => {
  await Promise.all([...cameras].map((camera) => camera.close()));
});

/** A camera on HTTP, gone when the test file ends: /mjpeg, /snapshot.jpg, /endless.jpg, /hls/live.m3u8 (see writeHls), /page.html. */
export async function startHttpCamera(directory: string, options: { authorization?: string } = {}) {
  const encoders = new Set<() => Promise<unknown>>();
  const still = await frameOf(["-frames:v", "1", "-f", "image2pipe", "-c:v", "mjpeg"]);
  let frozen = false;
  let requests = 0;
  let endlessBytes = 0;
  const waiting: ServerResponse[] = [];

  function streamMjpeg(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "multipart/x-mixed-replace; boundary=ffmpeg" });
    const output = ["-q:v", "5", "-r", "20", "-f", "mpjpeg", "-"];
    const encoder = execa(
      "ffmpeg",
      ["-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", road, "-an", ...output],
      {
        reject: false,
        buffer: false,
      },
    );
    const end = () => {
      encoder.kill("SIGKILL");
      return encoder;
    };
    encoders.add(end);
    encoder.stdout.on("data", (chunk) => frozen || response.write(chunk));
    response.on("close", end);
  }

  /** A picture that never ends. */
  function streamEndless(response: ServerResponse): void {
    response.writeHead(200, { "content-type": "image/jpeg" });
    const chunk = Buffer.alloc(1e6);
    const more = () => {
      while (!response.destroyed && response.write(chunk)) endlessBytes += chunk.length;
    };
    response.on("drain", more);
    more();
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<unknown> {
    requests++;
    if (frozen) return waiting.push(response);
    if (options.authorization !== undefined && request.headers.authorization !== options.authorization)
      return response.writeHead(401, { "www-authenticate": 'Basic realm="camera"' }).end();
    const path = request.url ?? "";
    if (path === "/mjpeg") return streamMjpeg(response);
    if (path === "/snapshot.jpg") return response.writeHead(200, { "content-type": "image/jpeg" }).end(still);
    if (path === "/endless.jpg") return streamEndless(response);
    if (path === "/page.html")
      return response.writeHead(200, { "content-type": "text/html" }).end("<h1>camera</h1>");
    const file = path.startsWith("/hls/") && (await readFile(join(directory, path)).catch(() => undefined));
    if (!file) return response.writeHead(404).end();
    const type = path.endsWith(".m3u8") ? "application/vnd.apple.mpegurl" : "video/mp2t";
    return response.writeHead(200, { "content-type": type }).end(file);
  }

  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const camera = {
    url: `http://127.0.0.1:${port}`,
    requests: () => requests,
    endlessBytes: () => endlessBytes,
    freeze: () => {
      frozen = true;
    },
    thaw: () => {
      frozen = false;
      for (const response of waiting.splice(0)) response.destroy();
    },
    async close() {
      cameras.delete(camera);
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await Promise.all([closed, ...[...encoders].map((end) => end())]);
    },
  };
  cameras.add(camera);
  return camera;
}

/** Writes the road as a live HLS stream into hls/ of the directory, a second a segment; gone when the test file ends. */
export function writeHls(directory: string): void {
  const files = ["-hls_time", "1", "-hls_list_size", "5", "-hls_flags", "delete_segments"];
  const encoder = execa(
    "ffmpeg",
    [
      ...["-v", "error", "-nostdin", "-re", "-stream_loop", "-1", "-i", road, "-an"],
      ...["-c:v", "libx264", "-preset", "ultrafast", "-g", "24"],
      ...["-f", "hls", ...files, join(directory, "hls", "live.m3u8")],
    ],
    { reject: false, stdio: "ignore" },
  );
  cameras.add({
    async close() {
      encoder.kill("SIGKILL");
      await encoder;
    },
  });
}

async function frameOf(output: string[]): Promise<Buffer> {
  const { stdout } = await execa("ffmpeg", ["-v", "error", "-i", road, ...output, "-"], {
    encoding: "buffer",
  });
  return Buffer.from(stdout);
}
