import { computed, signal } from "@preact/signals";

/** Where the page is; it stands in the address, so that it can be linked and survives a reload. */
export type Route = { view: "wall" } | { view: "incidents" } | { view: "camera"; cameraId: string };

const hash = signal(location.hash);
addEventListener("hashchange", () => {
  hash.value = location.hash;
});

export const route = computed<Route>(() => {
  const [, view, cameraId] = hash.value.split("/");
  if (view === "camera" && cameraId) return { view, cameraId: decoded(cameraId) };
  return view === "incidents" ? { view } : { view: "wall" };
});

export const wallHref = "#/";
export const incidentsHref = "#/incidents";

export function cameraHref(cameraId: string | number): string {
  return `#/camera/${encodeURIComponent(cameraId)}`;
}

export function go(href: string): void {
  location.hash = href;
}

/** What somebody typed need not be encoded. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
