import { model } from "../state/page.ts";
import { cameraHref, go, route, wallHref } from "../state/route.ts";
import { helpOpen } from "./strip.tsx";

/** Keys that work everywhere; the wall's arrows are its own (views/wall.tsx). */
export function listenToKeys(): void {
  addEventListener("keydown", (event) => {
    const { key } = event;
    if (event.ctrlKey || event.metaKey || event.altKey || isDialogOpen()) return;
    if (key === "?") helpOpen.value = true;
    else if (key === "Escape" && route.peek().view !== "wall") go(wallHref);
    else if (key === "[") step(-1);
    else if (key === "]") step(1);
  });
}

/** A dialog has keys of its own. */
function isDialogOpen(): boolean {
  return document.querySelector("dialog[open]") !== null;
}

function step(by: number): void {
  const at = route.peek();
  if (at.view !== "camera") return;
  const cameras = model.cameras.peek();
  const next = cameras[cameras.findIndex(({ id }) => id === at.cameraId) + by];
  if (next) go(cameraHref(next.id));
}
