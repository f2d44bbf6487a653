import { basename, dirname, resolve } from "node:path";
import { z } from "zod";
import { checkFile } from "../../config/check-file.ts";
import { durationField, patienceField, shareField } from "../../config/fields.ts";
import { readYamlFile, type YamlFile } from "../../config/yaml-file.ts";
import { TmonError } from "../../errors.ts";
import { type FaultName, faultNames } from "./faults.ts";
import { latencyForms, NoLatency, readLatency } from "./latency.ts";
import type { FaultOptions, SimulatedVlmOptions } from "./options.ts";

const perSecond = z.union([z.number().positive(), z.literal("off")], {
  error: "write a number a second, or off",
});

const limitsSchema = z.strictObject({
  rpm: z.number().positive().optional(),
  tpm: z.number().positive().optional(),
  qps: perSecond.optional(),
  tps: perSecond.optional(),
  burst: z.number().positive().optional(),
  concurrency: z.int().min(1).optional(),
});

const faultSchema = z
  .strictObject({
    fault: z.enum(faultNames as [FaultName, ...FaultName[]]),
    share: shareField.optional(),
    from: patienceField.optional(),
    until: durationField.optional(),
    over: durationField.optional(),
  })
  .refine(({ fault, over }) => over === undefined || fault === "drip", {
    error: "only a drip takes time: take out over",
    path: ["over"],
  })
  .refine(({ from = 0, until = Infinity }) => from < until, {
    error: "it must be after from: this fault would never strike",
    path: ["until"],
  })
  .transform(
    ({ from, until, over, ...fault }): FaultOptions => ({
      ...fault,
      fromMs: from,
      untilMs: until,
      overMs: over,
    }),
  );

const explained = 'docs/guide.md explains every key and fault under "With a simulated provider"';

/** Traces stand beside the file. */
function scenarioSchema(directory: string) {
  const latency = z.string({ error: `write ${latencyForms}` }).transform((text, context) => {
    try {
      return readLatency(text, directory);
    } catch (error) {
      if (!(error instanceof NoLatency)) throw error;
      context.addIssue({ code: "custom", message: `it ${error.message}; write ${latencyForms}` });
      return z.NEVER;
    }
  });
  const manner = { latency: latency.optional(), faults: z.array(faultSchema).optional() };
  const limits = limitsSchema.optional();
  const account = z.strictObject({ id: z.string().min(1), limits, ...manner });
  const key = z.strictObject({ key: z.string().min(1), account: z.string().optional(), limits, ...manner });
  return z.strictObject({
    seed: z.int().min(0).optional(),
    limits,
    ...manner,
    accounts: z.array(account).optional(),
    keys: z.array(key).min(1).optional(),
  });
}

/**
 * What a scenario file tells the provider to do.
 * @throws TmonError TMON_CONFIG_NOT_FOUND, TMON_CONFIG_SYNTAX, TMON_CONFIG_VARIABLE, TMON_CONFIG_INVALID
 */
export function readScenario(path: string, env: NodeJS.ProcessEnv): SimulatedVlmOptions {
  const directory = dirname(resolve(path));
  const file = readYamlFile(directory, basename(path), env);
  if (!file) {
    throw new TmonError("TMON_CONFIG_NOT_FOUND", `there is no file ${path}`, "check what --scenario names");
  }
  const { latency, accounts = [], keys, ...others } = checkFile(scenarioSchema(directory), file, explained);
  refuseTwice(
    file,
    "accounts",
    "id",
    accounts.map(({ id }) => id),
  );
  refuseTwice(file, "keys", "key", keys?.map(({ key }) => key) ?? []);
  const stray = (keys ?? []).findIndex(
    ({ account }) => account !== undefined && !accounts.some(({ id }) => id === account),
  );
  if (stray >= 0) {
    throw new TmonError(
      "TMON_CONFIG_INVALID",
      `${file.placeOf(["keys", stray, "account"])}: keys[${stray}].account is "${keys?.[stray]?.account}", which is no account`,
      accounts.length > 0
        ? `name one of ${accounts.map(({ id }) => id).join(", ")}, or list it under accounts`
        : "list it under accounts",
    );
  }
  return {
    ...others,
    latencyMs: latency,
    accounts: accounts.map(withLatency),
    keys: keys?.map(withLatency),
  };
}

/** @throws TmonError TMON_CONFIG_INVALID where an entry would hide another */
function refuseTwice(file: YamlFile, list: string, name: string, values: readonly string[]): void {
  const second = values.findIndex((value, index) => values.indexOf(value) < index);
  if (second < 0) return;
  const first = values.indexOf(values[second]!);
  throw new TmonError(
    "TMON_CONFIG_INVALID",
    `${file.placeOf([list, second, name])}: ${list}[${second}].${name} is that of ${list}[${first}], too`,
    "take one of the two out, or give it another",
  );
}

function withLatency<Told extends { latency?: SimulatedVlmOptions["latencyMs"] }>({
  latency,
  ...told
}: Told) {
  return { ...told, latencyMs: latency };
}
