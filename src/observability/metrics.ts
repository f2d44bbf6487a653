import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";

/** The seed's metric names with the prefix tmon_, and ours; labels never hold a secret or a message id. */
export type Metrics = ReturnType<typeof createMetrics>;

const stageSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10];
const callSeconds = [0.1, 0.25, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10, 20, 35];
/** Few: every key has all of them. */
const keySeconds = [0.25, 0.5, 1, 1.5, 2, 3, 5, 10, 35];
const ofKey = ["key_id", "quota_group"] as const;

export function createMetrics() {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  const counter = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Counter({ name: `tmon_${name}`, help, labelNames, registers });
  const gauge = <Label extends string>(name: string, help: string, labelNames: readonly Label[] = []) =>
    new Gauge({ name: `tmon_${name}`, help, labelNames, registers });
  const histogram = <Label extends string>(
    name: string,
    help: string,
    buckets: number[],
    labelNames: readonly Label[] = [],
  ) => new Histogram({ name: `tmon_${name}`, help, buckets, labelNames, registers });

  return {
    registry,
    detections: counter("detection_total", "Frames detected", ["camera_id"]),
    detectionLatency: histogram("detection_latency_seconds", "Frame captured to detection", stageSeconds),
    framesDropped: counter("frames_dropped_total", "Frames replaced or refused before detection", [
      "camera_id",
      "reason",
    ]),
    detectedObjects: counter("detected_objects_total", "Objects detected", ["class"]),
    trafficGroups: counter("traffic_groups_total", "Groups of road users found", ["camera_id"]),
    activeCameras: gauge("active_cameras", "Cameras that deliver frames"),
    cameraState: gauge("camera_state", "1 for the state a camera is in", ["camera_id", "state"]),
    cameraFrameAge: gauge("camera_frame_age_seconds", "Since a camera's newest picture", ["camera_id"]),
    cameraRestarts: counter("camera_restarts_total", "How often a camera was opened anew", ["camera_id"]),
    messagesSent: counter("kafka_messages_sent_total", "Messages made durable on the bus", ["topic"]),
    messagesReceived: counter("kafka_messages_received_total", "Messages delivered by the bus", [
      "group",
      "topic",
    ]),
    sendErrors: counter("kafka_send_errors_total", "Failed attempts to produce", ["topic"]),
    consumerLag: gauge("kafka_consumer_lag", "Log end less what the group acknowledged", ["group", "topic"]),
    unreadLost: counter("messages_unread_lost_total", "Messages retention removed before they were read", [
      "topic",
    ]),
    deadLetters: counter("dead_letters_total", "Messages that could not be read", ["topic", "code"]),
    tasksGenerated: counter("tasks_generated_total", "Tasks generated"),
    tasksProcessed: counter("tasks_processed_total", "Tasks with a final result", ["status"]),
    taskQueueSize: gauge("task_queue_size", "Tasks waiting for a call"),
    taskQueueBytes: gauge("task_queue_bytes", "Bytes of the tasks waiting for a call"),
    llmRequests: counter("llm_requests_total", "VLM requests, by how they ended", [...ofKey, "outcome"]),
    llmLatency: histogram("llm_latency_seconds", "VLM request to answer", keySeconds, ofKey),
    llmTokens: counter("llm_token_usage_total", "Tokens as the provider counts them", [...ofKey, "kind"]),
    llmCost: counter("llm_cost_yuan_total", "What they cost, by the configured prices", ofKey),
    llmConcurrentTasks: gauge("llm_concurrent_tasks", "VLM requests in flight"),
    keyPoolSize: gauge("api_key_pool_size", "API keys that are not disabled, by whomever"),
    keyStatus: gauge("api_key_status", "1 if the key may be used now", ofKey),
    keyState: gauge("api_key_state", "1 for the state a key is in", [...ofKey, "state"]),
    keyCalls: counter("api_key_total_calls", "Calls by key", ["key_id"]),
    keySuccessRate: gauge("api_key_success_rate", "Share of a key's last calls that succeeded", ofKey),
    keyCooldown: gauge("api_key_cooldown_seconds", "Seconds until the key may be used again", ofKey),
    keyInFlight: gauge("api_key_in_flight", "VLM requests in flight by key", ofKey),
    groupState: gauge("quota_group_state", "1 for the state a quota group is in", ["quota_group", "state"]),
    groupLimit: gauge("quota_group_limit", "What its limits allow a minute", ["quota_group", "unit"]),
    groupUsed: gauge("quota_group_used", "Used by this scheduler in the last minute", [
      "quota_group",
      "unit",
    ]),
    groupShare: gauge(
      "quota_group_share",
      "Part of the limits that is used: less than 1 after answers 429 while they had room",
      ["quota_group"],
    ),
    groupConcurrency: gauge(
      "quota_group_concurrency",
      "VLM requests that may be open, as latency and errors say",
      ["quota_group"],
    ),
    shareAlone: gauge(
      "quota_share_alone",
      "Part of every limit this scheduler may use while the store is away",
    ),
    notReady: gauge("not_ready", "1 for each part that keeps /readyz from being ok", ["part"]),
    clockOffset: gauge("clock_offset_seconds", "The store's clock less this machine's"),
    configReload: gauge(
      "config_reload_success",
      "1 if the API keys' files could be read the last time, else 0",
    ),
    budgetSpent: gauge("budget_spent_yuan", "Spent today by all schedulers together"),
    budgetLimit: gauge("budget_yuan", "What may be spent a day"),
    pushes: counter("pushes_total", "States pushed to screens"),
    riskAlerts: counter("risk_alerts_total", "Verdicts of medium or more", ["level"]),
    riskTypes: counter("risk_types_detected_total", "Risk types in verdicts", ["type"]),
    incidentsOpen: gauge("incidents_open", "Incidents raised and not cleared"),
    endToEnd: histogram("end_to_end_seconds", "Capture to first push of a verdict", callSeconds),
    pipelineErrors: counter("pipeline_errors_total", "Errors by code", ["role", "code"]),
  };
}
