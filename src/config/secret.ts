import { inspect } from "node:util";

/** A value that never prints itself: not in a log, an error, JSON or a debugger's dump. */
export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  reveal(): string {
    return this.#value;
  }

  /** Enough to tell two keys apart: `sk-…1a2b`; nothing of a short one. */
  masked(): string {
    const value = this.#value;
    return value.length >= 12 ? `${value.slice(0, 3)}…${value.slice(-4)}` : "…";
  }

  toString(): string {
    return this.masked();
  }

  toJSON(): string {
    return this.masked();
  }

  [inspect.custom](): string {
    return this.masked();
  }
}
