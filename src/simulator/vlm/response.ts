import type { Usage } from "../../vlm/failure.ts";

export interface SimulatedResponse {
  status: number;
  body: string;
  /** JSON unless given. */
  contentType?: string;
  /** Of a completion. */
  usage?: Usage;
}

/** How one goes out: whole; slowly; half of it before the connection ends; as a reset instead; never. */
export const deliveries = ["whole", "drip", "cut", "reset", "hang"] as const;
export type Delivery = (typeof deliveries)[number];
