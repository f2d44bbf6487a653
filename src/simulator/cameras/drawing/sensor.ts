import { seededRandom } from "../../random.ts";
import { openSensorRow, type SensorRow } from "./sensor-row.ts";

/** As many values as noise repeats after, and some more, so that a row never reaches past the end. */
const period = 1 << 16;
const widest = 4096;
/** Where a row stands in the sensor's memory, behind the noise, and what becomes of it. */
const rowAt = period + widest;
const exposedAt = rowAt + 4 * widest;
const sensors = new Map<number, SensorRow>();

/** One whose noise has this standard deviation. */
function sensorOf(deviation: number): SensorRow {
  const known = sensors.get(deviation);
  if (known) return known;
  const sensor = openSensorRow();
  writeNoise(new Int8Array(sensor.memory.buffer, 0, rowAt), deviation);
  sensors.set(deviation, sensor);
  return sensor;
}

/** Normally distributed numbers (the sum of uniform ones), the same for ever. */
function writeNoise(table: Int8Array, deviation: number): void {
  const random = seededRandom(Math.round(deviation * 100));
  for (let i = 0; i < period; i++)
    table[i] = Math.round((random() + random() + random() + random() - 2) * deviation * 1.73);
  table.copyWithin(period, 0, widest);
}

/**
 * Writes red, green and blue with the sensor's noise: some in all three, some in each.
 * @param width of the picture, a multiple of 4, at most 4,096
 */
export function expose(
  pixels: Uint32Array,
  width: number,
  height: number,
  deviation: number,
  random: () => number,
  out: Uint8Array,
): void {
  const { memory, exposeRow } = sensorOf(deviation);
  const row = new Uint32Array(memory.buffer, rowAt, width);
  const exposed = new Uint8Array(memory.buffer, exposedAt, 3 * width);
  for (let y = 0; y < height; y++) {
    const grey = Math.floor(random() * period);
    const tint = Math.floor(random() * period);
    row.set(pixels.subarray(y * width, (y + 1) * width));
    exposeRow(rowAt, rowAt + 4 * width, grey, tint, exposedAt);
    out.set(exposed, 3 * y * width);
  }
}
