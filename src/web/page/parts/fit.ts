/** A tile: a picture of 16:9 over a bar, with a gap around it; narrower ones cannot be read. */
const barPx = 30;
const gapPx = 8;
const leastWidthPx = 150;

/**
 * How many columns make the tiles of a wall largest. All are on the screen at once, unless they would be too
 * small to read: then the wall is scrolled.
 * @param space CSS pixels
 */
export function fitTiles(
  count: number,
  space: { width: number; height: number },
): { columns: number; widthPx: number } {
  const widthOf = (columns: number) => Math.floor((space.width - gapPx * (columns - 1)) / columns);
  let best = { columns: 1, widthPx: 0 };
  for (let columns = 1; columns <= count; columns++) {
    const rows = Math.ceil(count / columns);
    const heightPx = Math.floor((space.height - gapPx * (rows - 1)) / rows) - barPx;
    const widthPx = Math.min(widthOf(columns), Math.floor((heightPx * 16) / 9));
    if (widthPx >= best.widthPx) best = { columns, widthPx };
  }
  if (best.widthPx >= leastWidthPx) return best;
  const columns = Math.max(1, Math.floor((space.width + gapPx) / (leastWidthPx + gapPx)));
  return { columns, widthPx: widthOf(columns) };
}
