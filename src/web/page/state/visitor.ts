import { signal } from "@preact/signals";
import type { ShownVisitor } from "../../screen-messages.ts";
import { getJson } from "./get-json.ts";

/** Who looks; undefined until the server has said it. */
export const visitor = signal<ShownVisitor | undefined>(undefined);

export async function fetchVisitor(): Promise<void> {
  visitor.value = await getJson("/api/me");
}
