import { Command, Flags } from "@oclif/core";

/** Flags of every command that reads the configuration. */
export const configFlags = {
  "config-dir": Flags.string({ helpValue: "DIR", description: "directory of the configuration files" }),
  "data-dir": Flags.string({ helpValue: "DIR", description: "directory of the embedded bus and store" }),
  "log-level": Flags.string({
    description: "least level that is logged",
    options: ["trace", "debug", "info", "warn", "error", "fatal"],
  }),
};

/** Flags of every command that touches the bus or the store. */
export const busFlags = {
  ...configFlags,
  bus: Flags.string({ description: "which bus", options: ["embedded", "kafka"] }),
  store: Flags.string({ description: "which store", options: ["embedded", "redis"] }),
};

export const outputFlag = Flags.string({
  char: "o",
  description: "how data is printed",
  options: ["table", "json"] as const,
  default: "table",
});

/** Flags of a process that runs roles. */
export const daemonFlags = {
  ...busFlags,
  host: Flags.string({
    helpValue: "H",
    description: "address to listen on; beyond loopback a token is needed",
  }),
  port: Flags.integer({ helpValue: "N", description: "port to listen on; 0 = any", min: 0, max: 65_535 }),
  drain: Flags.string({ helpValue: "25s", description: "how long open work may take after a signal" }),
  for: Flags.string({
    helpValue: "30s",
    description: "end by itself, counted from every camera's first frame",
  }),
  instance: Flags.string({ helpValue: "NAME", description: "name of this replica" }),
};

export const cameraFlags = {
  camera: Flags.string({
    helpValue: "[ID=]URL",
    description: "a camera, e.g. file:road.mp4 or north=file:road.mp4?loop=1; may be repeated",
    multiple: true,
    multipleNonGreedy: true,
  }),
  model: Flags.string({ helpValue: "NAME|FILE", description: "the detector's ONNX model" }),
  interval: Flags.string({ helpValue: "1.8s", description: "time between two looks at one camera" }),
};

export const vlmFlags = {
  vlm: Flags.string({ helpValue: "sim|NAME", description: "simulated provider, or one of tmon.yaml's" }),
  "vlm-model": Flags.string({ helpValue: "M", description: "the provider's model" }),
};

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

/** `--data-dir` is dataDir to everything that knows no command line. */
export function camelFlags<Flags extends object>(
  flags: Flags,
): { [Name in keyof Flags & string as CamelCase<Name>]: Flags[Name] } {
  const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(Object.entries(flags).map(([name, value]) => [camel(name), value])) as never;
}

/**
 * What all commands have in common. Errors are not handled here: terminal/run.ts prints every one of them
 * and sets the exit status.
 */
export abstract class TmonCommand extends Command {
  // Throwing on is the whole handling: oclif's own would print argv.
  protected override async catch(error: Error): Promise<never> {
    throw error;
  }
}
