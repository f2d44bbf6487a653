import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { execa } from "execa";
import { afterAll } from "vitest";
import { freePort } from "./free-port.ts";
import { systemPython } from "./machine.ts";
import { sharedFile } from "./shared.ts";
import { until } from "./until.ts";

export interface RtspServer {
  /** rtsp://127.0.0.1:PORT */
  readonly url: string;
  readonly port: number;
  pid: number;
  freeze(): void;
  thaw(): void;
  kill(): Promise<void>;
  /** Another process on the same port; with other streams, if named. */
  restart(streams?: Record<string, string>): Promise<void>;
}

const program = fileURLToPath(new URL("rtsp-server.py", import.meta.url));
const servers = new Set<RtspServer>();
afterAll(async () => {
  for (const server of servers) server.thaw();
  await Promise.all([...servers].map((server) => server.kill()));
});

/** A real RTSP server; it is gone when the test file ends. Streams: path and file (h264File). */
export async function startRtspServer(
  streams: Record<string, string>,
  credentials = "-",
): Promise<RtspServer> {
  const port = await freePort();
  const start = async (streams: Record<string, string>) => {
    const args = Object.entries(streams).map(([path, file]) => `${path}=${file}`);
    const child = execa(systemPython, [program, `${port}`, credentials, ...args], {
      reject: false,
      buffer: false,
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (said += text));
    await until(() => said.includes("rtsp://"), { what: "the RTSP server to listen" });
    // In an object: a promise of the child alone would wait for its end.
    return { child };
  };
  let { child } = await start(streams);
  const server: RtspServer = {
    url: `rtsp://127.0.0.1:${port}`,
    port,
    pid: child.pid as number,
    freeze: () => void child.kill("SIGSTOP"),
    thaw: () => void child.kill("SIGCONT"),
    async kill() {
      child.kill("SIGKILL");
      await child;
    },
    async restart(others = streams) {
      ({ child } = await start(others));
      server.pid = child.pid as number;
    },
  };
  servers.add(server);
  return server;
}

/** The road as the server takes it, a key frame every so many of its 24 pictures a second. */
export async function h264File(
  directory: string,
  name: string,
  { keyEvery = 24, seconds = 5, size = "640x360" } = {},
): Promise<string> {
  const file = join(directory, name);
  const parameters = `aud=1:bframes=0:keyint=${keyEvery}:min-keyint=${keyEvery}:scenecut=0`;
  await execa("ffmpeg", [
    ...[
      "-v",
      "error",
      "-i",
      sharedFile("videos/road.mp4"),
      "-t",
      `${seconds}`,
      "-an",
      "-s",
      size,
      "-r",
      "24",
    ],
    ...["-c:v", "libx264", "-preset", "ultrafast", "-x264-params", parameters, "-f", "h264", file],
  ]);
  return file;
}
