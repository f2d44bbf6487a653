/** What a stream is and how its frames come, as measured when it was first connected. */
export interface Rhythm {
  readonly codec: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number | undefined;
  /** Longest time between two key frames, ms; undefined if it is longer than what was measured. */
  readonly keyFrameMs: number | undefined;
  /** arrival: the stream's own timestamps say nothing. */
  readonly clock: "source" | "arrival";
}

interface Packet {
  /** Of the stream's own time. */
  readonly at: number;
  readonly arrivedAt: number;
  readonly key: boolean;
}

/** Least share of the time that passes which the timestamps must show to be believed. */
const believable = 0.5;

/**
 * Reads what ffmpeg's framecrc format says of each packet of a stream: its header (`#codec_id 0: h264`), then
 * `stream, dts, pts, duration, size, checksum`, with `F=0x0` behind it if it is no key frame.
 */
export function createRhythmReader(now: () => number) {
  const packets: Packet[] = [];
  const header = new Map<string, string>();
  let text = "";

  function readLine(line: string): void {
    const [, name, value] = /^#(\w+) 0: (.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) header.set(name, value);
    if (!/^0,/.test(line)) return;
    const [, dts = "", pts = ""] = line.split(",");
    const [numerator = 1, denominator = 1] = header.get("tb")?.split("/").map(Number) ?? [];
    const toMs = (ticks: string) => (Number(ticks) * numerator * 1000) / denominator;
    // A packet without a pts has the least number there is.
    const at = toMs(Math.abs(Number(pts)) < Number.MAX_SAFE_INTEGER ? pts : dts);
    packets.push({ at, arrivedAt: now(), key: !line.includes("F=0x0") });
  }

  return {
    read(chunk: Buffer): void {
      const lines = (text + chunk.toString()).split("\n");
      text = lines.pop() ?? "";
      lines.forEach(readLine);
    },
    keyFrames: () => packets.filter(({ key }) => key).length,
    /** ms since the first packet came; 0 before. */
    elapsedMs: () => (packets[0] ? now() - packets[0].arrivedAt : 0),
    rhythm(): Rhythm {
      // Without the first: ffmpeg may begin with two packets of one time.
      const counted = packets.slice(1);
      const between = (time: (packet: Packet) => number) =>
        counted.length < 2 ? 0 : time(counted.at(-1)!) - time(counted[0]!);
      const own = between(({ at }) => at);
      const arrival = between(({ arrivedAt }) => arrivedAt);
      const clock = own > 0 && own >= believable * arrival ? "source" : "arrival";
      const spanMs = clock === "source" ? own : arrival;
      const keys = packets
        .filter(({ key }) => key)
        .map(({ at, arrivedAt }) => (clock === "source" ? at : arrivedAt));
      const gaps = keys.slice(1).map((time, index) => time - keys[index]!);
      const [width = 0, height = 0] = header.get("dimensions")?.split("x").map(Number) ?? [];
      return {
        codec: header.get("codec_id") ?? "unknown",
        width,
        height,
        framesPerSecond: spanMs > 0 ? ((counted.length - 1) * 1000) / spanMs : undefined,
        keyFrameMs: gaps.length > 0 ? Math.max(...gaps) : undefined,
        clock,
      };
    },
  };
}

/** Key frames alone are decoded where they come often enough: a sixth of the work. */
export function keyFramesSuffice({ keyFrameMs }: Rhythm, intervalMs: number): boolean {
  return keyFrameMs !== undefined && keyFrameMs <= intervalMs;
}
