import { describe, expect, it } from "vitest";
import { failureOf, failureOfFiles, loadFiles } from "./harness.ts";

const kafka = (text: string) => ({ "kafka.yaml": `kafka:\n${text}` });

describe("what tmon decides itself", () => {
  it("is worth a warning only where the file says otherwise", () => {
    const agreeing = `
  producer: { acks: all, enable_idempotence: false }
  consumer:
    enable_auto_commit: false
    auto_offset_reset: earliest
    session_timeout_ms: 8000
    heartbeat_interval_ms: 1000
    isolation_level: read_committed
    fetch_max_wait_ms: 100
`;
    expect(loadFiles(kafka(agreeing)).warnings).toEqual([]);
    expect(loadFiles(kafka("  producer: { acks: -1 }")).warnings).toEqual([]);
    expect(loadFiles(kafka("  producer: { acks: 0, retries: 9 }")).warnings).toEqual([
      expect.stringMatching(/kafka\.producer\.acks .*kafka\.producer\.retries/),
    ]);
  });
});

describe("a kafka.yaml", () => {
  const brokers = kafka("  bootstrap_servers: [a:9092, b:9092]\n");

  it("may list its brokers", () => {
    expect(loadFiles(brokers).config.kafka.brokers).toEqual(["a:9092", "b:9092"]);
    expect(loadFiles(kafka("  bootstrap_servers: 'a:9092, b:9092'\n")).config.kafka.brokers).toEqual([
      "a:9092",
      "b:9092",
    ]);
    expect(failureOfFiles(kafka("  bootstrap_servers: ','\n")).message).toContain("at least one");
  });

  it.each(["127.0.0.1", "a:9092:1", "a:99999", "[::1]:9092", "kafka://a:9092", "u:hunter2@a:9092"])(
    "lists no broker without a host and a port: %s",
    (broker) => {
      const list = failureOfFiles(kafka(`  bootstrap_servers: ['b:9092', '${broker}']\n`));
      const text = failureOfFiles(kafka(`  bootstrap_servers: '${broker}'\n`));
      const environment = failureOf({}, { TMON_KAFKA_BROKERS: `b:9092,${broker}` });
      for (const { code, message, todo } of [list, text, environment]) {
        expect(code).toBe("TMON_CONFIG_INVALID");
        expect(message).toContain("is no HOST:PORT");
        expect(message + todo).not.toContain("hunter2");
      }
      expect(list.message).toContain("kafka.yaml:2: kafka.bootstrap_servers");
      expect(environment.message).toContain("TMON_KAFKA_BROKERS");
    },
  );

  it("is said to choose no bus only where nobody chose one", () => {
    const notices = (...args: [NodeJS.ProcessEnv?, { bus?: string }?]) => loadFiles(brokers, ...args).notices;
    expect(notices()).toHaveLength(1);
    expect(notices({}, { bus: "embedded" })).toEqual([]);
    expect(notices({ TMON_BUS: "embedded" })).toEqual([]);
    expect(loadFiles({ ...brokers, "tmon.yaml": "bus: embedded" }).notices).toEqual([]);
  });

  it("gives each topic a name of its own", () => {
    const twice = "  topics:\n    detection_results: { name: one }\n    incidents: { name: one }\n";
    const failure = failureOfFiles(kafka(twice));
    expect(failure.code).toBe("TMON_CONFIG_INVALID");
    expect(failure.message).toMatch(/kafka\.yaml:4: detection-results and incidents .* one/);
    const standard = "  topics:\n    detection_results: { name: assessment-tasks }\n";
    expect(failureOfFiles(kafka(standard)).message).toContain("both named assessment-tasks");
  });

  it("gives the topics of the pipeline equally many partitions", () => {
    const different = "  topics:\n    risk_assessment_results: { partitions: 8 }\n";
    const failure = failureOfFiles(kafka(different));
    expect(failure.message).toMatch(/kafka\.yaml:3: risk-assessment-results has 8 partitions .* 16/);
    const incidents = "  topics:\n    incidents: { partitions: 8 }\n";
    expect(loadFiles(kafka(incidents)).config.topics.incidents.partitions).toBe(8);
  });
});
