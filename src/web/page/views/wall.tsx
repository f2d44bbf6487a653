import { signal } from "@preact/signals";
import { useEffect, useLayoutEffect, useRef, useState } from "preact/hooks";
import { text } from "../i18n/text.ts";
import { fitTiles } from "../parts/fit.ts";
import { Tile } from "../parts/tile.tsx";
import { model } from "../state/page.ts";

/** The camera that Tab leads to, and that is focused again when somebody comes back to the wall. */
const current = signal<string | undefined>(undefined);
let returning = false;

export function returnTo(cameraId: string): void {
  current.value = cameraId;
  returning = true;
}

/** All cameras, in their configured order: people know where on the wall a camera is. */
export function Wall() {
  const cameras = model.cameras.value;
  const { wall, space } = useSpace();
  const links = useRef(new Map<string, HTMLAnchorElement>());
  const focused = cameras.some(({ id }) => id === current.value) ? current.value : cameras[0]?.id;

  useEffect(() => {
    if (returning && focused) links.current.get(focused)?.focus();
    returning = false;
  }, []);

  useEffect(() => {
    function onKeyDown(event: KeyboardEvent): void {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const tiles = cameras.flatMap(({ id }) => links.current.get(id) ?? []);
      const next = neighbour(event.key, tiles) ?? firstOf(event.key, links.current.get(focused ?? ""));
      if (!next) return;
      event.preventDefault();
      next.focus();
    }
    addEventListener("keydown", onKeyDown);
    return () => removeEventListener("keydown", onKeyDown);
  }, [cameras, focused]);

  if (cameras.length === 0) return <Empty />;
  const { columns, widthPx } = fitTiles(cameras.length, space);
  return (
    <ul
      class="wall"
      ref={wall}
      style={{ gridTemplateColumns: `repeat(${columns}, ${widthPx}px)` }}
      aria-label={text.value.cameras}
    >
      {cameras.map((camera) => (
        <Tile
          key={camera.id}
          camera={camera}
          tabIndex={camera.id === focused ? 0 : -1}
          onFocus={() => {
            current.value = camera.id;
          }}
          link={(element) => {
            if (element) links.current.set(camera.id, element);
            else links.current.delete(camera.id);
          }}
        />
      ))}
    </ul>
  );
}

/** What the wall may take of the screen: its parent's width, and the height down to the screen's edge. */
function useSpace() {
  const wall = useRef<HTMLUListElement>(null);
  const [space, setSpace] = useState({ width: innerWidth, height: innerHeight });
  const shown = model.cameras.value.length > 0;
  useLayoutEffect(() => {
    const main = wall.current?.parentElement;
    if (!main) return;
    const measure = () => {
      const { left, top } = wall.current!.getBoundingClientRect();
      const edge = left - main.getBoundingClientRect().left;
      setSpace({
        width: main.clientWidth - 2 * edge,
        height: innerHeight - (top + scrollY + main.scrollTop) - edge,
      });
    };
    const resizing = new ResizeObserver(measure);
    resizing.observe(main);
    addEventListener("resize", measure);
    measure();
    return () => {
      resizing.disconnect();
      removeEventListener("resize", measure);
    };
  }, [shown]);
  return { wall, space };
}

function Empty() {
  if (model.connection.value === "connecting") return null;
  return (
    <div class="empty">
      <p>{text.value.noCameras}</p>
      <p class="quiet">{text.value.noCamerasHint}</p>
    </div>
  );
}

/** The tile an arrow key leads to; rows are as the browser laid them out. */
function neighbour(key: string, tiles: readonly HTMLAnchorElement[]): HTMLAnchorElement | undefined {
  const at = tiles.indexOf(document.activeElement as HTMLAnchorElement);
  if (at < 0) return undefined;
  const top = (tile: HTMLAnchorElement) => tile.getBoundingClientRect().top;
  const columns = tiles.filter((tile) => top(tile) === top(tiles[0]!)).length;
  const steps: Record<string, number> = {
    ArrowLeft: -1,
    ArrowRight: 1,
    ArrowUp: -columns,
    ArrowDown: columns,
    Home: -at,
    End: tiles.length - 1 - at,
  };
  const step = steps[key];
  return step === undefined ? undefined : tiles[at + step];
}

/** While nothing has the focus, the first arrow leads to the tile that Tab would lead to. */
function firstOf<T>(key: string, tile: T): T | undefined {
  return key.startsWith("Arrow") && document.activeElement === document.body ? tile : undefined;
}
