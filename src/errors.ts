/**
 * The closed set of errors tmon can name.
 *
 * Each code has the exit status a command ends with when the error reaches it, and its usual cause.
 * 2 = usage or configuration, 3 = could not do it and a retry may help, 70 = a bug. Codes marked `task`
 * end one task, frame or message and never a process.
 */
export const errors = {
  TMON_USAGE: { exit: 2, cause: "The command line is wrong." },
  TMON_CONFIG_NOT_FOUND: { exit: 2, cause: "The named configuration directory or file is not there." },
  TMON_CONFIG_SYNTAX: { exit: 2, cause: "A configuration file is not valid YAML." },
  TMON_CONFIG_INVALID: {
    exit: 2,
    cause: "A configuration value is unknown, of the wrong type or out of range.",
  },
  TMON_CONFIG_VARIABLE: {
    exit: 2,
    cause: "A configuration file names an environment variable that is unset.",
  },
  TMON_CONFIG_EXISTS: { exit: 2, cause: "`config init` would overwrite a file." },
  TMON_BUS_UNAVAILABLE: { exit: 2, cause: "The chosen bus is not part of this version." },
  TMON_STORE_UNAVAILABLE: { exit: 2, cause: "The chosen store is not part of this version." },
  TMON_STORE_NOT_SHARED: { exit: 2, cause: "Roles on Kafka would not share an embedded store." },
  TMON_NO_CAMERA: { exit: 2, cause: "No camera is configured." },
  TMON_NO_FFMPEG: { exit: 2, cause: "ffmpeg is not installed or not on the PATH." },
  TMON_SOURCE_NOT_FOUND: {
    exit: 2,
    cause: "A camera's video file, or the stream its URL names, is not there.",
  },
  TMON_SOURCE_UNREADABLE: {
    exit: 2,
    cause: "A camera's file or stream is empty or holds no video that ffmpeg can read.",
  },
  TMON_SOURCE_UNSUPPORTED: { exit: 2, cause: "A camera's URL has a scheme this version cannot read." },
  TMON_SOURCE_REFUSED: { exit: 2, cause: "A camera refuses the user name or password." },
  TMON_SOURCE_UNREACHABLE: { exit: 3, cause: "A camera does not answer." },
  TMON_SOURCE_BROKEN: { exit: 3, cause: "A camera's stream or file broke off while it played." },
  TMON_NO_MODEL: { exit: 2, cause: "No detector model is configured." },
  TMON_MODEL_NOT_FOUND: { exit: 2, cause: "The detector model's file is not there." },
  TMON_MODEL_INVALID: { exit: 2, cause: "The detector model is not an ONNX file of a known layout." },
  TMON_NO_API_KEY: { exit: 2, cause: "No API key is configured for the VLM." },
  TMON_TOKEN_REQUIRED: { exit: 2, cause: "Listening beyond loopback needs a token." },
  TMON_DATA_DIR_UNWRITABLE: { exit: 2, cause: "The data directory cannot be written." },
  TMON_DATA_DIR_NEWER: { exit: 2, cause: "The data directory was written by a newer tmon." },
  TMON_DATA_DIR_BUSY: { exit: 3, cause: "Another process holds the data directory's write lock." },
  TMON_DISK_FULL: { exit: 3, cause: "The disk of the data directory is full." },
  TMON_BUS_FULL: { exit: 3, cause: "The embedded bus reached its hard size and nothing may be deleted yet." },
  TMON_BUS_WRITE: { exit: 3, cause: "A message could not be made durable." },
  TMON_PORT_IN_USE: { exit: 3, cause: "Another process listens on the named port." },
  TMON_TOPIC_UNKNOWN: { exit: 2, cause: "The named topic is not one of tmon's." },
  TMON_DETECTOR_FAILED: { exit: 3, cause: "A detector worker ended unexpectedly." },
  TMON_MESSAGE_INVALID: {
    exit: 3,
    task: true,
    cause: "A message could not be read; it went to dead-letters.",
  },
  TMON_SCHEMA_NEWER: { exit: 3, task: true, cause: "A message was written by a newer tmon." },
  TMON_IMAGE_OMITTED: {
    exit: 3,
    task: true,
    cause: "A group's picture was left out to keep the message small.",
  },
  TMON_TASK_EXPIRED: { exit: 3, task: true, cause: "A task was too old to be worth a call." },
  TMON_TASK_SUPERSEDED: { exit: 3, task: true, cause: "A newer look at the same group came." },
  TMON_OVERLOADED: { exit: 3, task: true, cause: "Waiting work passed its memory bound." },
  TMON_SIMULATED_ON_LIVE: {
    exit: 3,
    task: true,
    cause: "A simulated provider answered a live camera's task.",
  },
  TMON_SPEND_NOT_ALLOWED: {
    exit: 3,
    task: true,
    cause: "A simulated camera's task met a provider that costs money.",
  },
  TMON_BUDGET_SPENT: { exit: 3, task: true, cause: "The day's budget is spent." },
  TMON_VLM_KEY_REJECTED: { exit: 3, task: true, cause: "The provider does not know the API key." },
  TMON_VLM_UNPAID: { exit: 3, task: true, cause: "The provider says the account is unpaid." },
  TMON_VLM_FREE_QUOTA: { exit: 3, task: true, cause: "The account's free quota is used up." },
  TMON_VLM_THROTTLED: { exit: 3, task: true, cause: "The provider throttled the call." },
  TMON_VLM_IMAGE_REFUSED: { exit: 3, task: true, cause: "The provider's inspection refused the picture." },
  TMON_VLM_ACCESS_DENIED: { exit: 3, task: true, cause: "The key may not use the model." },
  TMON_VLM_MODEL_UNKNOWN: { exit: 3, task: true, cause: "The provider does not know the model." },
  TMON_VLM_REQUEST_REFUSED: { exit: 3, task: true, cause: "The provider refused the request itself." },
  TMON_VLM_SERVER_ERROR: { exit: 3, task: true, cause: "The provider failed (5xx)." },
  TMON_VLM_ANSWER_INVALID: {
    exit: 3,
    task: true,
    cause: "The model's answer is not the JSON it was asked for.",
  },
  TMON_VLM_TIMEOUT: { exit: 3, task: true, cause: "The provider did not answer in time." },
  TMON_VLM_UNREACHABLE: { exit: 3, task: true, cause: "The connection to the provider failed." },
  TMON_DRAIN_TIMEOUT: { exit: 143, cause: "Work was still open when the drain's deadline passed." },
  TMON_INTERNAL: { exit: 70, cause: "A bug in tmon." },
} as const satisfies Record<string, { exit: number; cause: string; task?: true }>;

export type ErrorCode = keyof typeof errors;

/** An expected failure: one line of what happened (`message`), one of what to do (`todo`). */
export class TmonError extends Error {
  readonly code: ErrorCode;
  readonly todo: string;

  constructor(code: ErrorCode, message: string, todo: string, options: { cause?: unknown } = {}) {
    super(message, options);
    this.name = "TmonError";
    this.code = code;
    this.todo = todo;
  }

  get exitCode(): number {
    return errors[this.code].exit;
  }
}

/** The message of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
