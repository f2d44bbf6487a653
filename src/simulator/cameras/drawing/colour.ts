/** Red, green, blue; 255 is as bright as the picture gets, more is cut off. */
export type Colour = readonly [number, number, number];

/** 0xrrggbb, as written in palettes. */
export function colour(hex: number): Colour {
  return [(hex >> 16) & 255, (hex >> 8) & 255, hex & 255];
}

/** A pixel as 0xffbbggrr. */
export function packed([red, green, blue]: Colour): number {
  return (0xff000000 | (byte(blue) << 16) | (byte(green) << 8) | byte(red)) >>> 0;
}

export function mixed(a: Colour, b: Colour, share: number): Colour {
  const mix = (i: 0 | 1 | 2) => a[i] + share * (b[i] - a[i]);
  return [mix(0), mix(1), mix(2)];
}

export function scaled([red, green, blue]: Colour, factor: number): Colour {
  return [red * factor, green * factor, blue * factor];
}

export function byte(value: number): number {
  return value <= 0 ? 0 : value >= 255 ? 255 : value | 0;
}
