import { TmonError } from "../errors.ts";
import type { Config } from "./config.ts";
import { isLoopback } from "./loopback.ts";
import { recommendedModel } from "./models/catalogue.ts";
import { modelFor, modelsMadeFor, type Pictures, picturesOf } from "./models/choose.ts";
import { type ModelFile, readModelFile, remedy, requireFitModel } from "./models/file.ts";
import { faultOf, presenceOf } from "./models/find.ts";

/** What must never happen by accident; commands ask before they start anything. */

/**
 * Whose verdicts there will be. The simulated provider stands in for a missing key only where no camera looks
 * at a real road; `--vlm sim` says it aloud.
 * @throws TmonError TMON_NO_API_KEY
 */
export function resolveProvider(config: Config, options: { standIn: boolean }): Config {
  if (config.vlm.provider === "simulated" || config.keys.some((key) => key.enabled)) return config;
  // Where screens may start streams, real roads may come at any time.
  const invented =
    config.cameras.every(({ source }) => source !== "live") && config.web.streams.hosts.length === 0;
  if (options.standIn && invented) return { ...config, vlm: { ...config.vlm, provider: "simulated" } };
  throw new TmonError(
    "TMON_NO_API_KEY",
    config.keys.length > 0 ? "every API key is disabled" : "no API key is configured for the VLM",
    "set DASHSCOPE_API_KEY, list keys in api_keys.yaml, or say --vlm sim for invented verdicts",
  );
}

/** What a detector of this configuration may come to see: where screens may start streams, real roads. */
export function picturesSeen({ cameras, web }: Pick<Config, "cameras" | "web">): Pictures {
  return web.streams.hosts.length > 0 ? "real" : picturesOf(cameras);
}

/**
 * Something to look at and something to look with, the model. Where screens may start streams, no camera need be
 * configured.
 * @throws TmonError TMON_NO_CAMERA, and as requireModel
 */
export function requireDetector(config: Config): ModelFile {
  const { cameras, web } = config;
  if (cameras.length === 0 && web.streams.hosts.length === 0) {
    throw new TmonError(
      "TMON_NO_CAMERA",
      "no camera is configured",
      "name one with --camera URL, list cameras in cameras.yaml, or say --cameras 6 for simulated ones",
    );
  }
  return requireModel(picturesSeen(config), config);
}

/**
 * Something to look with at such pictures.
 * @throws TmonError TMON_NO_MODEL, TMON_MODEL_NOT_FOUND, TMON_MODEL_INVALID, TMON_MODEL_FOR_SIMULATION
 */
export function requireModel(pictures: Pictures, config: Config): ModelFile {
  const path = modelFor(pictures, config);
  if (path === undefined) throw noModel(pictures, config);
  const model = readModelFile(path);
  requireFitModel(model, pictures);
  return model;
}

function noModel(pictures: Pictures, { models }: Config): TmonError {
  const unusable = modelsMadeFor(pictures).find((model) => presenceOf(model, models) !== "absent");
  if (unusable)
    return new TmonError(
      "TMON_NO_MODEL",
      `no detector model for ${pictures} pictures is whole on this machine: ${faultOf(unusable, models)}`,
      remedy(unusable),
    );
  return new TmonError(
    "TMON_NO_MODEL",
    `no detector model for ${pictures} pictures is on this machine`,
    `tmon models pull ${recommendedModel}, or name a YOLOX model in ONNX with --model FILE`,
  );
}

/** The same with the model the detector takes. @throws as requireDetector */
export function withDetectorModel(config: Config): Config {
  return { ...config, detector: { ...config.detector, model: requireDetector(config).path } };
}

/** Who only tries tmon out with a real key must not find a bill. Yuan a day, unless a budget is configured. */
const budgetOfUp = 20;

export function limitSpending(config: Config): Config {
  const { budgets, cameras, keys, vlm } = config;
  if (budgets.simulatedYuan !== undefined && cameras.every(({ source }) => source !== "sim")) {
    throw new TmonError(
      "TMON_USAGE",
      "--spend is for simulated cameras, and none is configured",
      "leave it out; budgets.yuan_per_day in tmon.yaml limits what all cameras may cost",
    );
  }
  const paid = keys.some((key) => key.enabled && !isLoopback(key.baseUrl));
  if (vlm.provider === "simulated" || !paid) return config;
  return { ...config, budgets: { ...budgets, yuanPerDay: budgets.yuanPerDay ?? budgetOfUp } };
}

/** Roles on several machines cannot meet in a file on one of them. @throws TmonError TMON_STORE_NOT_SHARED */
export function requireSharedStore({ bus, store }: Config): void {
  if (bus.kind !== "kafka" || store.kind !== "embedded") return;
  throw new TmonError(
    "TMON_STORE_NOT_SHARED",
    "roles on Kafka need a store that all of them reach; the embedded one is this machine's",
    "set TMON_REDIS_URL or store: redis",
  );
}
