/**
 * CPU time of one inference of the simulated cameras' model and of YOLOX-Nano, one thread, rounds of each in turn.
 * YOLOX-Nano is the one that `tmon models pull yolox-nano` fetched, unless another NAME or FILE is said.
 *
 *   node --import ./scripts/typescript.mjs bench/model-time.ts [--model models/tmon-simulated.onnx] [--beside yolox-nano]
 *     [--rounds 15] [--each 20] [--json]
 */
import { existsSync } from "node:fs";
import { basename } from "node:path";
import { parseArgs } from "node:util";
import { Tensor } from "onnxruntime-node";
import { findModel } from "../src/config/models/find.ts";
import { openModel } from "../src/runtime/detector/model.ts";
import { loadSettings } from "../src/terminal/settings.ts";

const { values: flags } = parseArgs({
  options: {
    model: { type: "string", default: "models/tmon-simulated.onnx" },
    beside: { type: "string", default: "yolox-nano" },
    rounds: { type: "string", default: "15" },
    each: { type: "string", default: "20" },
    json: { type: "boolean", default: false },
  },
});
const each = Number(flags.each);
const beside = findModel(flags.beside, process.cwd(), loadSettings({}).config.models);
if (!existsSync(beside)) {
  console.error(`${beside} is not there: tmon models pull yolox-nano, or name a file with --beside FILE`);
  process.exit(2);
}
const contenders = await Promise.all([flags.model, beside].map(prepare));

for (const contender of contenders) await contender.round();
for (let round = 0; round < Number(flags.rounds); round++)
  for (const contender of contenders) contender.cpuMs.push(await contender.round());

const result = contenders.map(({ name, input, cpuMs }) => ({ name, input, cpuMs: median(cpuMs) }));
if (flags.json) console.log(JSON.stringify(result));
else
  for (const { name, input, cpuMs } of result)
    console.log(
      `${name.padEnd(16)}${input}   ${cpuMs.toFixed(2)} ms CPU   ${(cpuMs / result[1]!.cpuMs).toFixed(2)} of ${result[1]!.name}`,
    );

async function prepare(file: string) {
  const { session, inputName, layout } = await openModel(file);
  const { inputWidth, inputHeight } = layout;
  const data = Float32Array.from({ length: 3 * inputWidth * inputHeight }, (_, i) => (i * 7919) % 256);
  const feeds = { [inputName]: new Tensor("float32", data, [1, 3, inputHeight, inputWidth]) };
  return {
    name: basename(file, ".onnx"),
    input: `${inputWidth}x${inputHeight}`,
    cpuMs: [] as number[],
    async round(): Promise<number> {
      const begun = process.cpuUsage();
      for (let i = 0; i < each; i++) await session.run(feeds);
      const { user, system } = process.cpuUsage(begun);
      return (user + system) / 1000 / each;
    },
  };
}

function median(values: number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
}
