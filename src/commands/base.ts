import * as Args from "@oclif/core/args";
import { Command } from "@oclif/core/command";
import { CLIError } from "@oclif/core/errors";
import * as Flags from "@oclif/core/flags";
import { topicIds } from "../messages/topics.ts";

/** What is wrong with a flag's value is said in the words of terminal/command-line-error.ts. */
export const wholeNumberFlag = Flags.custom<number, { least: number; most?: number }>({
  helpValue: "N",
  parse: async (text, _, { least, most }) => {
    const value = Number(text);
    if (/^-?\d+$/.test(text) && value >= least && value <= (most ?? Number.MAX_SAFE_INTEGER)) return value;
    const range = most === undefined ? `of at least ${least}` : `from ${least} to ${most}`;
    throw new CLIError(`is "${text}": expected a whole number ${range}`);
  },
});

export const topicDescription = `one of ${topicIds.join(", ")}`;

export const letterDescription = "the letter's place as PARTITION:OFFSET";

export const keyArgs = {
  key: Args.string({ description: "the key's id, as tmon keys list shows it", required: true }),
};

export const letterCodeFlag = Flags.string({
  helpValue: "CODE",
  description: "letters of this error code only",
});

/** Flags of every command that reads the configuration. */
export const configFlags = {
  "config-dir": Flags.string({
    helpValue: "DIR",
    description: "directory of the configuration files [default: ./config, ~/.config/tmon or /etc/tmon]",
  }),
  "data-dir": Flags.string({
    helpValue: "DIR",
    description: "directory of the embedded bus and store [default: ~/.local/state/tmon]",
  }),
  "log-level": Flags.string({
    description: "least level that is logged [default: info]",
    options: ["trace", "debug", "info", "warn", "error", "fatal"],
  }),
};

/** Flags of every command that touches the bus or the store. */
export const busFlags = {
  ...configFlags,
  bus: Flags.string({
    description: "which bus [default: embedded]",
    options: ["embedded", "kafka"],
  }),
  store: Flags.string({
    description: "which store [default: embedded]",
    options: ["embedded", "redis"],
  }),
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
    description: "address to listen on; beyond loopback a token is needed [default: 127.0.0.1]",
  }),
  port: wholeNumberFlag({
    description:
      "port to listen on; 0 = any [default: 7700, detector 7701, generator 7702, scheduler 7703; any if taken]",
    least: 0,
    most: 65_535,
  }),
  drain: Flags.string({
    helpValue: "TIME",
    description: "how long open work may take after a signal [default: 25s]",
  }),
  for: Flags.string({
    helpValue: "TIME",
    description: "end by itself after this long, e.g. 30s, counted from every camera's first frame",
  }),
  instance: Flags.string({ helpValue: "NAME", description: "name of this replica [default: HOST-PID]" }),
};

export const cameraFlags = {
  camera: Flags.string({
    helpValue: "[ID=]URL",
    description:
      "a camera, e.g. file:road.mp4, 'north=file:road.mp4?loop=1' or rtsp://HOST/PATH; may be repeated",
    multiple: true,
    multipleNonGreedy: true,
  }),
  cameras: wholeNumberFlag({
    description: "so many simulated cameras, each another one, instead of those of cameras.yaml",
    least: 1,
    most: 1000,
    exclusive: ["camera"],
  }),
  model: Flags.string({
    helpValue: "NAME|FILE",
    description: "the detector's model, of tmon models list or an ONNX file [default: what is there]",
  }),
  interval: Flags.string({
    helpValue: "TIME",
    description: "time between two looks at one camera [default: 1.8s]",
  }),
};

export const vlmFlags = {
  vlm: Flags.string({
    helpValue: "sim|NAME",
    description:
      "simulated provider, or one of tmon.yaml's [default: the API keys', or simulated without any]",
  }),
  "vlm-model": Flags.string({
    helpValue: "NAME",
    description: "the provider's model [default: qwen3-vl-plus]",
  }),
  spend: Flags.string({
    helpValue: "5yuan",
    description: "what real answers about simulated cameras may cost in this run [default: nothing]",
  }),
};

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type CamelCased<Named> = { [Name in keyof Named & string as CamelCase<Name>]: Named[Name] };

/** `--data-dir` is dataDir to everything that knows no command line. */
export function camelFlags<Named extends object>(flags: Named): CamelCased<Named> {
  const camel = (name: string) => name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return Object.fromEntries(
    Object.entries(flags).map(([name, value]) => [camel(name), value]),
  ) as CamelCased<Named>;
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
