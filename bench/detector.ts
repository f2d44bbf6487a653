/**
 * Detector speed: frames a second, and each way's share of the first one's.
 *
 *   bare     onnxruntime alone: one session a worker thread, on all cores, no picture read
 *   pool     the detector's worker pool, fed with pictures of the model's input size
 *   whole    from decoded 640x360 frames: letterbox, inference, decoding, NMS, groups, crops, frame JPEG
 *
 * Rounds are interleaved, so that a slow moment of the machine hits all three; figures are medians.
 *
 *   node --import ./scripts/typescript.mjs bench/detector.ts [--rounds 7] [--seconds 3] [--workers N] [--json]
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { sharedFile } from "../test/support/shared.ts";
import { startBareLoops } from "./detector/bare.ts";
import { decodeRoad, fitToInput } from "./detector/pictures.ts";
import { startWays } from "./detector/ways.ts";

const { values: flags } = parseArgs({
  options: {
    rounds: { type: "string", default: "7" },
    seconds: { type: "string", default: "3" },
    workers: { type: "string", default: String(availableParallelism()) },
    json: { type: "boolean", default: false },
  },
});
const model = sharedFile("models/yolox_nano.onnx");
const workers = Number(flags.workers);
const roundMs = Number(flags.seconds) * 1000;

const frames = await decodeRoad(96);
const bare = await startBareLoops(model, workers);
const ways = await startWays(model, workers);
const fitted = await fitToInput(frames, ways.inputSide);
const contenders = {
  bare: () => bare.run(roundMs),
  pool: () => ways.pool(fitted, roundMs),
  whole: () => ways.whole(frames, roundMs),
};
type Name = keyof typeof contenders;
const names = Object.keys(contenders) as Name[];
type Speeds = Record<Name, number>;
const rounds: Speeds[] = [];
const cpuMs: Speeds[] = [];

for (const name of names) await contenders[name]();
for (let round = 0; round < Number(flags.rounds); round++) {
  const speeds = { bare: 0, pool: 0, whole: 0 };
  const cpu = { bare: 0, pool: 0, whole: 0 };
  for (const name of names) {
    const before = process.cpuUsage();
    speeds[name] = await contenders[name]();
    const { user, system } = process.cpuUsage(before);
    cpu[name] = (user + system) / roundMs / speeds[name];
  }
  rounds.push(speeds);
  cpuMs.push(cpu);
}
await Promise.all([bare.stop(), ways.stop()]);

const result = names.map((name) => ({
  name,
  framesPerSecond: median(rounds.map((speeds) => speeds[name])),
  ratio: median(rounds.map((speeds) => speeds[name] / speeds.bare)),
  cpuMsPerFrame: median(cpuMs.map((cpu) => cpu[name])),
}));
if (flags.json) console.log(JSON.stringify({ workers, rounds, result }));
else {
  console.log(`${workers} workers, ${rounds.length} rounds of ${flags.seconds} s, medians`);
  for (const { name, framesPerSecond, ratio, cpuMsPerFrame } of result) {
    const speed = `${name.padEnd(6)} ${framesPerSecond.toFixed(1).padStart(7)} frames/s`;
    console.log(`${speed}   ${ratio.toFixed(3)} of bare   ${cpuMsPerFrame.toFixed(2)} ms CPU a frame`);
  }
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
