/** Places of a palette, by what stands there. */
export const material = {
  paint: 0,
  trim: 1,
  glass: 2,
  tyre: 3,
  hub: 4,
  headlamp: 5,
  tailLamp: 6,
  indicator: 7,
  plate: 8,
  second: 9,
  skin: 10,
  hair: 11,
  top: 12,
  trousers: 13,
  shoes: 14,
  sign: 15,
} as const;

export const materialCount = Object.keys(material).length;
