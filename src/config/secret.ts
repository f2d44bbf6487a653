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

  /** Enough to tell two API keys apart: `sk-…1a2b`; nothing of a password or a URL. */
  masked(): string {
    const value = this.#value;
    return /^[\w-]{20,}$/.test(value) ? `${value.slice(0, 3)}…${value.slice(-4)}` : "…";
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
