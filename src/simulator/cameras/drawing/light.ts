import type { Weather } from "../../../config/simulated-camera.ts";
import { unit, type Vector } from "../geometry/vector.ts";
import { byte, type Colour, mixed } from "./colour.ts";

/** How things are lit and seen. Factors are of a surface's own colour. */
export interface Light {
  /** From everywhere. */
  readonly ambient: Colour;
  /** On surfaces that look towards the sun. */
  readonly sun: Colour;
  readonly sunDirection: Vector;
  /** What a shadow leaves of the light, of 256; shadows of the sun and those right below things. */
  readonly castShadow: number | undefined;
  readonly contactShadow: number;
  /** Street lamps: what one adds right below it. */
  readonly lamp: Colour;
  /** Of vehicles' lights: 0 by day. */
  readonly headlights: number;
  readonly haze: Colour;
  /** Share of the haze per metre. */
  readonly hazeDensity: number;
  readonly skyAbove: Colour;
  readonly skyBelow: Colour;
  /** Of the sensor: standard deviation of a channel. */
  readonly noise: number;
  /** The road's own colour when it is wet. */
  readonly wetness: number;
}

/** @param azimuth where the sun stands, a unit vector on the ground */
export function lightOf(weather: Weather, azimuth: readonly [number, number]): Light {
  const sunAt = (height: number) => unit([azimuth[0], azimuth[1], height]);
  switch (weather) {
    case "day":
      return {
        ...{ ambient: [0.5, 0.54, 0.6], sun: [0.62, 0.58, 0.5], sunDirection: sunAt(1.3) },
        ...{ castShadow: 138, contactShadow: 120, lamp: [0, 0, 0], headlights: 0 },
        ...{ haze: [178, 190, 202], hazeDensity: 0.0022, noise: 2.5, wetness: 0 },
        ...{ skyAbove: [118, 160, 208], skyBelow: [196, 208, 216] },
      };
    case "dusk":
      return {
        ...{ ambient: [0.38, 0.35, 0.42], sun: [0.44, 0.27, 0.14], sunDirection: sunAt(0.45) },
        ...{ castShadow: 176, contactShadow: 120, lamp: [0.16, 0.13, 0.08], headlights: 0.55 },
        ...{ haze: [150, 122, 118], hazeDensity: 0.003, noise: 4.5, wetness: 0 },
        ...{ skyAbove: [84, 88, 128], skyBelow: [222, 156, 112] },
      };
    case "night":
      return {
        ...{ ambient: [0.13, 0.14, 0.19], sun: [0.03, 0.03, 0.05], sunDirection: sunAt(1.5) },
        ...{ castShadow: undefined, contactShadow: 130, lamp: [0.62, 0.5, 0.33], headlights: 1 },
        ...{ haze: [24, 25, 34], hazeDensity: 0.004, noise: 7, wetness: 0 },
        ...{ skyAbove: [10, 12, 22], skyBelow: [38, 36, 44] },
      };
    case "rain":
      return {
        ...{ ambient: [0.6, 0.63, 0.66], sun: [0.08, 0.08, 0.08], sunDirection: sunAt(2.5) },
        ...{ castShadow: undefined, contactShadow: 140, lamp: [0.05, 0.045, 0.03], headlights: 0.7 },
        ...{ haze: [158, 165, 172], hazeDensity: 0.011, noise: 3.5, wetness: 1 },
        ...{ skyAbove: [138, 145, 152], skyBelow: [170, 176, 181] },
      };
  }
}

/**
 * A surface's colour as it is seen, as 0xffbbggrr: with this normal, `depth` metres away.
 * @param lamps how much of a street lamp's light falls on it
 */
export function lit(
  own: Colour,
  nx: number,
  ny: number,
  nz: number,
  light: Light,
  lamps: number,
  depth: number,
): number {
  const { sunDirection, ambient, sun, lamp, haze, hazeDensity } = light;
  const facing = nx * sunDirection[0] + ny * sunDirection[1] + nz * sunDirection[2];
  const direct = facing > 0 ? facing : 0;
  // What looks down is darker, as the ground reflects less than the sky.
  const open = 0.82 + 0.18 * nz;
  const fromLamps = lamps * (0.6 + 0.4 * nz);
  const clear = 1 / (1 + hazeDensity * depth);
  const dim = 1 - clear;
  const r = own[0] * (ambient[0] * open + sun[0] * direct + lamp[0] * fromLamps) * clear + haze[0] * dim;
  const g = own[1] * (ambient[1] * open + sun[1] * direct + lamp[1] * fromLamps) * clear + haze[1] * dim;
  const b = own[2] * (ambient[2] * open + sun[2] * direct + lamp[2] * fromLamps) * clear + haze[2] * dim;
  return (0xff000000 | (byte(b) << 16) | (byte(g) << 8) | byte(r)) >>> 0;
}

export function hazed(seen: Colour, { haze, hazeDensity }: Light, depth: number): Colour {
  const clear = 1 / (1 + hazeDensity * depth);
  return mixed(haze, seen, clear);
}

/** How much street lamps shine on a point: 1 right below one. */
export function lampsAt(lamps: readonly (readonly [number, number])[], x: number, y: number): number {
  let sum = 0;
  for (let i = 0; i < lamps.length; i++) {
    const right = x - lamps[i]![0];
    const ahead = y - lamps[i]![1];
    const square = right * right + ahead * ahead;
    sum += 1 / (1 + square / 60);
  }
  return sum > 1.3 ? 1.3 : sum;
}
