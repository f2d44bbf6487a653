/**
 * The closed set of errors tmon can name.
 *
 * Each code has the exit status a command ends with when the error reaches it, its usual cause and its cure;
 * docs/troubleshooting.md is made from them.
 * 2 = usage or configuration, 3 = could not do it and a retry may help, 70 = a bug. Codes marked `task`
 * end one task, frame or message and never a process.
 */
export const errors = {
  TMON_USAGE: {
    exit: 2,
    cause: "The command line is wrong.",
    cure: "Read the second line of the message, or `tmon COMMAND --help`.",
  },
  TMON_CONFIG_NOT_FOUND: {
    exit: 2,
    cause: "The named configuration directory or file is not there.",
    cure: "Check `--config-dir` and `TMON_CONFIG_DIR`, or write a directory with `tmon config init DIR`.",
  },
  TMON_CONFIG_SYNTAX: {
    exit: 2,
    cause: "A configuration file is not valid YAML.",
    cure: "Look at the line and column named; most often an indentation or a missing quote. `tmon config validate` checks again.",
  },
  TMON_CONFIG_INVALID: {
    exit: 2,
    cause: "A configuration value is unknown, of the wrong type or out of range.",
    cure: "The message names file, line and key, or the environment variable, and what is allowed; `tmon config init` writes files with every key explained.",
  },
  TMON_CONFIG_VARIABLE: {
    exit: 2,
    cause: "A configuration file names an environment variable that is unset.",
    cure: "Set the variable, or take `${NAME}` out of the file.",
  },
  TMON_CONFIG_EXISTS: {
    exit: 2,
    cause: "`config init` would overwrite a file.",
    cure: "Name another directory, or overwrite the files with `--force`.",
  },
  TMON_BUS_REFUSED: {
    exit: 2,
    cause: "Kafka refuses the user name or password, or what the user may do is too little.",
    cure: "Check `kafka.security` in kafka.yaml, and the user's rights on tmon's topics and groups.",
  },
  TMON_TLS_FAILED: {
    exit: 2,
    cause: "Kafka or Redis and tmon do not accept each other's certificates, or only one of them speaks TLS.",
    cure: "The message says which: name the authority's certificate (`kafka.security.ssl_ca_location`, `redis.tls.ca_file`), the client's own, or the server as its certificate does; whether TLS is spoken say `kafka.security.protocol` and `rediss://`.",
  },
  TMON_TOPIC_MISSING: {
    exit: 2,
    cause: "Kafka does not have one of tmon's topics.",
    cure: "Create them with `tmon init-topics`; their names are in kafka.yaml.",
  },
  TMON_TOPIC_DRIFT: {
    exit: 2,
    cause: "The topics of the pipeline would have different numbers of partitions.",
    cure: "See `tmon init-topics --check`; raise them together with `--apply`, or change `partitions` in kafka.yaml.",
  },
  TMON_BROKERS_TOO_FEW: {
    exit: 2,
    cause: "Topics are to have more replicas than the cluster has brokers.",
    cure: "Start more brokers, or say `--replication-factor`: with fewer replicas a broken disk loses messages.",
  },
  TMON_STORE_REFUSED: {
    exit: 2,
    cause: "Redis refuses the password, or what the user may do is too little, or it has no such database.",
    cure: "Check `redis.url`, `redis.username` and `redis.password` in tmon.yaml, or `TMON_REDIS_URL`.",
  },
  TMON_STORE_UNREACHABLE: {
    exit: 3,
    cause: "Redis does not answer.",
    cure: "See that it runs, and that `redis.url` in tmon.yaml or `TMON_REDIS_URL` names it; running roles go on trying.",
  },
  TMON_STORE_EVICTS: {
    exit: 2,
    cause: "Redis may throw out what it likes when its memory is full: quota windows and leases too.",
    cure: "Set `maxmemory-policy noeviction`, or give tmon a Redis of its own.",
  },
  TMON_STORE_NOT_SHARED: {
    exit: 2,
    cause: "Roles on Kafka would not share an embedded store.",
    cure: "Give all roles one Redis: `store: redis`, or `TMON_REDIS_URL`.",
  },
  TMON_NO_CAMERA: {
    exit: 2,
    cause: "No camera is configured, or none of this name.",
    cure: "Name one with `--camera file:PATH`, or list cameras in cameras.yaml.",
  },
  TMON_NO_FFMPEG: {
    exit: 2,
    cause: "ffmpeg is not installed, not on the PATH, or older than 5.1.",
    cure: "Install it (Debian: `apt install ffmpeg`) and see that `ffmpeg -version` works for the user tmon runs as.",
  },
  TMON_SOURCE_NOT_FOUND: {
    exit: 2,
    cause: "A camera's video file, or the stream its URL names, is not there.",
    cure: "Check the path: a relative one on the command line is of the directory tmon was started in, one in cameras.yaml of that file's; a stream's is in the camera's manual.",
  },
  TMON_SOURCE_UNREADABLE: {
    exit: 2,
    cause: "A camera's file or stream is empty or holds no video that ffmpeg can read.",
    cure: "See what `tmon cameras test URL` says; copy a file again if it is cut off.",
  },
  TMON_SOURCE_REFUSED: {
    exit: 2,
    cause: "A camera refuses the user name or password.",
    cure: "Check both in the camera's URL, special characters as %40 for @ and so on; tmon goes on trying once a minute.",
  },
  TMON_SOURCE_UNREACHABLE: {
    exit: 3,
    cause: "A camera does not answer.",
    cure: "Check that it has power, its address and port, and the way to it; tmon goes on trying.",
  },
  TMON_SOURCE_BROKEN: {
    exit: 3,
    cause: "A camera's stream or file broke off while it played.",
    cure: "Nothing: tmon connects again. If it happens often, look at the network and the camera's limit of clients.",
  },
  TMON_SOURCE_UNSUPPORTED: {
    exit: 2,
    cause:
      "A camera's URL has a scheme this version cannot read, or names a rendered scene or option there is not.",
    cure: "Write `file:PATH`, `rtsp://…`, `rtsps://…`, `http://…`, `https://…` or `sim:SCENE?seed=N&weather=W`.",
  },
  TMON_NO_MODEL: {
    exit: 2,
    cause:
      "No detector model is configured, and none for such pictures is on this machine, or not all of it.",
    cure: "Fetch one with `tmon models pull yolox-nano`, or name a YOLOX model as ONNX with `--model FILE` or `detector.model` in tmon.yaml.",
  },
  TMON_MODEL_NOT_FOUND: {
    exit: 2,
    cause: "The detector model's file is not there, or not where it was to be fetched from.",
    cure: "Fetch one with `tmon models pull NAME`, or check the path of `--model` or `detector.model`; for `tmon models pull`, the mirror's address.",
  },
  TMON_MODEL_FOR_SIMULATION: {
    exit: 2,
    cause:
      "The model that is made for rendered cameras would look at real pictures, which it knows nothing of.",
    cure: "Fetch a model of real roads with `tmon models pull yolox-nano`; it is then taken by itself, unless `--model` or `detector.model` names another.",
  },
  TMON_MODEL_UNREACHABLE: {
    exit: 3,
    cause:
      "A model could not be fetched: its publisher's server or the mirror does not answer, or broke off.",
    cure: "Run `tmon models pull` again, which goes on where it was; without a way to the internet name a mirror (`--mirror`, `TMON_MODELS_MIRROR`, `models.mirror`), or put the file itself into the directory of models.",
  },
  TMON_MODEL_CHECKSUM: {
    exit: 3,
    cause: "What was fetched is not the model: another checksum. Nothing of it was kept.",
    cure: "Try again, or another mirror; a proxy's or portal's page in the file's place looks like this, too.",
  },
  TMON_MODEL_BUSY: {
    exit: 3,
    cause: "Another tmon is fetching the same model.",
    cure: "Wait for it, or end the process that the message names.",
  },
  TMON_MODELS_DIR_UNWRITABLE: {
    exit: 2,
    cause: "The directory of models cannot be written.",
    cure: "Let the user tmon runs as own it, or name another with `TMON_MODELS_DIR` or `models.directory`.",
  },
  TMON_MODEL_INVALID: {
    exit: 2,
    cause: "The detector model is not an ONNX file of a known layout.",
    cure: "Use a YOLOX export with one input 1x3xHxW and the 80 COCO classes; a file that is cut off is refused too.",
  },
  TMON_NO_API_KEY: {
    exit: 2,
    cause: "No API key is configured for the VLM.",
    cure: "Set `DASHSCOPE_API_KEY`, list keys in api_keys.yaml, or say `--vlm sim` for invented verdicts.",
  },
  TMON_TOKEN_REQUIRED: {
    exit: 2,
    cause: "Listening beyond loopback needs a token.",
    cure: "Set `TMON_TOKEN` (`openssl rand -hex 16`) or `web.tokens` in tmon.yaml, or listen on 127.0.0.1.",
  },
  TMON_DATA_DIR_UNWRITABLE: {
    exit: 2,
    cause: "The data directory cannot be written.",
    cure: "Let the user tmon runs as own the directory, or name another with `--data-dir`.",
  },
  TMON_DATA_DIR_NEWER: {
    exit: 2,
    cause: "The data directory was written by a newer tmon.",
    cure: "Run the newer tmon, or name another `--data-dir`; nothing was changed.",
  },
  TMON_DATA_DIR_BUSY: {
    exit: 3,
    cause: "Another process holds the data directory's write lock.",
    cure: "The message names the process: let a stopped one go on (`kill -CONT`), or end it.",
  },
  TMON_DISK_FULL: {
    exit: 3,
    cause: "The disk of the data directory, or of the models, is full.",
    cure: "Make room, or lower `retention.size` in tmon.yaml; work goes on by itself.",
  },
  TMON_BUS_FULL: {
    exit: 3,
    cause: "The embedded bus reached its hard size and nothing may be deleted yet.",
    cure: "See which role does not keep up (`/api/stats`, lag), start it, or raise `retention.size`.",
  },
  TMON_BUS_WRITE: {
    exit: 3,
    cause: "A message could not be made durable.",
    cure: "Read the reason behind it in the log: most often the disk.",
  },
  TMON_CLOCK_SKEW: {
    exit: 3,
    task: true,
    cause: "This machine's clock and the store's differ by more than half a second.",
    cure: "Let both be set by NTP.",
  },
  TMON_BUS_UNREACHABLE: {
    exit: 3,
    cause: "Kafka's brokers do not answer.",
    cure: "See that they run, and that the names they advertise can be reached from here; running roles go on trying.",
  },
  TMON_PORT_IN_USE: {
    exit: 3,
    cause: "Another process listens on the named port.",
    cure: "Name another port, or 0 for any free one.",
  },
  TMON_TOPIC_UNKNOWN: {
    exit: 2,
    cause: "The named topic is not one of tmon's.",
    cure: "Use one of the topics the message lists.",
  },
  TMON_DETECTOR_FAILED: {
    exit: 3,
    cause: "A detector worker ended unexpectedly.",
    cure: "Start again; if it repeats, try another model and look at the memory of the machine.",
  },
  TMON_MESSAGE_INVALID: {
    exit: 3,
    task: true,
    cause: "A message could not be read; it went to dead-letters.",
    cure: "`tmon dlq list` says where it came from and why, `tmon dlq show` what it holds, `tmon schema TOPIC` what is expected; `tmon dlq replay` puts it back once its reader is mended.",
  },
  TMON_SCHEMA_NEWER: {
    exit: 3,
    task: true,
    cause: "A message was written by a newer tmon.",
    cure: "Upgrade this process; the message waits.",
  },
  TMON_IMAGE_OMITTED: {
    exit: 3,
    task: true,
    cause: "A group's picture was left out to keep the message small.",
    cure: "Raise the topic's max.message.bytes, or lower `detector.crops.max_size`.",
  },
  TMON_TASK_EXPIRED: {
    exit: 3,
    task: true,
    cause: "A task was too old to be worth a call.",
    cure: "Calls are too few for the tasks: more or faster keys, a longer `interval`, or see what holds the keys up.",
  },
  TMON_TASK_SUPERSEDED: {
    exit: 3,
    task: true,
    cause: "A newer look at the same group came.",
    cure: "Nothing: the newer look is judged instead.",
  },
  TMON_OVERLOADED: {
    exit: 3,
    task: true,
    cause: "Waiting work passed its memory bound.",
    cure: "As for TMON_TASK_EXPIRED; `scheduler.queue_size` bounds what may wait.",
  },
  TMON_SIMULATED_ON_LIVE: {
    exit: 3,
    task: true,
    cause: "A simulated provider answered a live camera's task.",
    cure: "Point the scheduler at a real provider, or say `--vlm sim` if invented verdicts are wanted.",
  },
  TMON_SPEND_NOT_ALLOWED: {
    exit: 3,
    task: true,
    cause: "A simulated camera's task met a provider that costs money.",
    cure: "Say `--vlm sim`, or allow an amount with `--spend 5yuan`.",
  },
  TMON_BUDGET_SPENT: {
    exit: 3,
    task: true,
    cause: "The day's budget is spent.",
    cure: "Raise `budgets.yuan_per_day`, or wait until midnight in the configured time zone.",
  },
  TMON_VLM_KEY_REJECTED: {
    exit: 3,
    task: true,
    cause: "The provider does not know the API key.",
    cure: "Put a valid key into api_keys.yaml or `DASHSCOPE_API_KEYS`, and check its base URL: keys belong to a region.",
  },
  TMON_VLM_UNPAID: {
    exit: 3,
    task: true,
    cause: "The provider says the account is unpaid.",
    cure: "Pay the provider's bill; the account is probed every 10 minutes and comes back by itself.",
  },
  TMON_VLM_FREE_QUOTA: {
    exit: 3,
    task: true,
    cause: "The account's free quota is used up.",
    cure: "Switch off the provider's free-tier-only mode, or use another account.",
  },
  TMON_VLM_THROTTLED: {
    exit: 3,
    task: true,
    cause: "The provider throttled the call.",
    cure: "Lower the keys' `qps_limit` and `rpm_limit` to what the account has; others may be using it too.",
  },
  TMON_VLM_IMAGE_REFUSED: {
    exit: 3,
    task: true,
    cause: "The provider's inspection refused the picture.",
    cure: "Nothing: this picture stays unassessed.",
  },
  TMON_VLM_ACCESS_DENIED: {
    exit: 3,
    task: true,
    cause: "The key may not use the model.",
    cure: "Let the key use the model in the provider's console, or choose another model; every 10 minutes the key is tried out.",
  },
  TMON_VLM_MODEL_UNKNOWN: {
    exit: 3,
    task: true,
    cause: "The provider does not know the model, or has not opened it to the account.",
    cure: "Check `vlm.model` and the keys' `model`; every 10 minutes the key is tried out.",
  },
  TMON_VLM_REQUEST_REFUSED: {
    exit: 3,
    task: true,
    cause: "The provider refused the request itself.",
    cure: "Read the provider's words in the result's `error`; a model that takes no pictures refuses them all.",
  },
  TMON_VLM_SERVER_ERROR: {
    exit: 3,
    task: true,
    cause: "The provider failed (5xx).",
    cure: "Nothing at first: tmon backs off and tries again; look at the provider's status page if it lasts.",
  },
  TMON_VLM_ANSWER_INVALID: {
    exit: 3,
    task: true,
    cause: "The model's answer is not the JSON it was asked for.",
    cure: "Use a model that follows instructions; raise `vlm.max_tokens` if answers are cut off.",
  },
  TMON_VLM_TIMEOUT: {
    exit: 3,
    task: true,
    cause: "The provider did not answer in time.",
    cure: "Check the way to the provider; `scheduler.timeout_seconds` is the bound.",
  },
  TMON_VLM_UNREACHABLE: {
    exit: 3,
    task: true,
    cause: "The connection to the provider failed.",
    cure: "Check name, port, proxy and firewall between this machine and the base URL.",
  },
  TMON_DRAIN_TIMEOUT: {
    exit: 143,
    cause: "Work was still open when the drain's deadline passed.",
    cure: "Nothing is lost: the next run does what was open. Give more time with `--drain` if it should not be.",
  },
  TMON_INTERNAL: {
    exit: 70,
    cause: "A bug in tmon.",
    cure: "Please report it with the log's lines around it.",
  },
} as const satisfies Record<string, { exit: number; cause: string; cure: string; task?: true }>;

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
