import type {
  ShownCamera,
  ShownFrame,
  ShownIncident,
  ShownState,
  SystemFigures,
} from "../../screen-messages.ts";

/** What the page understands of `/ws`. */
export interface Handlers {
  frame(data: ShownFrame, picture: Blob | null): void;
  detection_result(data: ShownState): void;
  incident(data: ShownIncident): void;
  camera_status(data: ShownCamera): void;
  system(data: SystemFigures): void;
}

const lineFeed = 0x0a;

/** Hands a message to its handler; one that nobody handles is another version's. */
export function dispatch(message: string | ArrayBuffer, handlers: Handlers): void {
  const { text, picture } = typeof message === "string" ? { text: message, picture: null } : split(message);
  const { type, data } = JSON.parse(text);
  if (Object.hasOwn(handlers, type)) handlers[type as keyof Handlers](data, picture);
}

/** A binary frame: the JSON, a line feed, the JPEG's bytes. */
function split(message: ArrayBuffer): { text: string; picture: Blob | null } {
  const bytes = new Uint8Array(message);
  const end = bytes.indexOf(lineFeed);
  const jpeg = bytes.subarray(end + 1);
  return {
    text: new TextDecoder().decode(bytes.subarray(0, end)),
    picture: jpeg.length > 0 ? new Blob([jpeg], { type: "image/jpeg" }) : null,
  };
}
