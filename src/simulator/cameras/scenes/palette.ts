import { colour } from "../drawing/colour.ts";
import type { Paint } from "../drawing/solid.ts";
import { material, materialCount } from "../models/materials.ts";

type MaterialName = keyof typeof material;

const usual: Record<MaterialName, number> = {
  paint: 0xb0b4b8,
  trim: 0x26282b,
  glass: 0x2b353d,
  tyre: 0x1b1c1e,
  hub: 0x9a9ea2,
  headlamp: 0xe8ecea,
  tailLamp: 0x8c1a1a,
  indicator: 0xb06a1c,
  plate: 0xe6e6e0,
  second: 0xc8c8c4,
  skin: 0xc99b78,
  hair: 0x2a211b,
  top: 0x4a6a92,
  trousers: 0x2e3440,
  shoes: 0x1e1e1e,
  sign: 0xe0b020,
};

/** A palette of the usual colours, and these others. */
export function palette(own: Partial<Record<MaterialName, Paint | number>>): Paint[] {
  const paints = new Array<Paint>(materialCount);
  for (const [name, index] of Object.entries(material) as [MaterialName, number][]) {
    const paint = own[name] ?? usual[name];
    paints[index] = typeof paint === "number" ? colour(paint) : paint;
  }
  return paints;
}
