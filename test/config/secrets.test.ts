import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { redact } from "../../src/config/redact.ts";
import { Secret } from "../../src/config/secret.ts";
import { showRows } from "../../src/config/show.ts";
import { complaintsOf } from "../../src/runtime/detector/sources/complaints.ts";
import { failureOf, failureOfFiles, load, loadFiles } from "./harness.ts";

/** All that a person or a log could get to see of a configuration. */
function everythingShown(loaded: ReturnType<typeof load>): string {
  const { config, provenance } = loaded;
  return [inspect(config, { depth: 20 }), inspect([...provenance], { depth: 20 }), JSON.stringify(config)]
    .concat(JSON.stringify(showRows(loaded)))
    .join("\n");
}

function revealed(value: unknown): unknown {
  return value instanceof Secret ? value.reveal() : "no secret";
}

describe("a text fit to be shown", () => {
  const shown = {
    "rtsp://user:p@ss@host/live": "rtsp://…@host/live",
    "rtsp://user:pa/ss@host/live": "rtsp://…@host/live",
    "rtsp://us'er:p'ss@host/live": "rtsp://…@host/live",
    "http://host/v?user=admin&password=hunter2&x=1": "http://host/v?user=admin&password=…&x=1",
    "rtsp://host/user=admin_password=hunter2": "rtsp://host/user=admin_password=…",
    "http://host/v?access_token=hunter2": "http://host/v?access_token=…",
    'opening "rtsp://a:b@h/x" as mail@example.com': 'opening "rtsp://…@h/x" as mail@example.com',
    "rtsp://host:554/live?channel=1": "rtsp://host:554/live?channel=1",
    "with sk-1234567890abcdef": "with sk-…",
  };

  it.each(Object.entries(shown))("%s becomes %s", (text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it("is what ffmpeg's complaints become", () => {
    expect(complaintsOf("[rtsp @ 0x55] cannot open rtsp://user:pa/s@s@host/live\r\n")).toEqual([
      "cannot open rtsp://…@host/live",
    ]);
  });
});

describe("a secret", () => {
  it("shows enough of a long key to tell it from another, and nothing of a password or a URL", () => {
    expect(new Secret("sk-0123456789abcdef01a2b").masked()).toBe("sk-…1a2b");
    expect(new Secret("correct horse battery staple").masked()).toBe("…");
    expect(new Secret("http://host/video?password=hunter2").masked()).toBe("…");
  });
});

describe("a mistake in a file never shows a secret", () => {
  it.each([
    ["api_keys.yaml", "api_keys: [{ key: hunter2, key_file: f }]", "api_keys[0] is a map: give either"],
    ["api_keys.yaml", "api_keys: [hunter2]", "api_keys[0] is a string not shown here"],
    ["api_keys.yaml", "api_keys: [{ key: 12345678 }]", "api_keys[0].key is a number not shown here"],
    ["kafka.yaml", "kafka: { security: { sasl_password: 12345678 } }", "sasl_password is a number not shown"],
    ["tmon.yaml", "web: { tokens: hunter2 }", "web.tokens is a string not shown here"],
    ["tmon.yaml", "detector: { workers: 'rtsp://u:hunter2@h/live' }", 'workers is "rtsp://…@h/live"'],
    ["tmon.yaml", "web: { host: *hunter2 }", "a text that begins with * needs quotes"],
  ])("%s: %s", (name, text, expected) => {
    const { message, todo } = failureOfFiles({ [name]: text });
    expect(message).toContain(expected);
    expect(message + todo).not.toMatch(/hunter2|12345678/);
  });
});

describe("a camera's password", () => {
  it.each(["rtsp://admin:hunter2@h/x", "rtsp://admin:p@hunter2@h/x", "http://h/v?user=a&password=hunter2"])(
    "%s is in nothing that is shown",
    (url) => {
      const loaded = load({ camera: [url] });
      expect(loaded.config.cameras[0]?.url.reveal()).toBe(url);
      expect(everythingShown(loaded)).not.toContain("hunter2");
    },
  );

  it("is not in the complaint about its URL", () => {
    for (const url of ["admin:hunter2@h/x", "ftp://admin:hunter2@h/x", "rtsp://admin:hunter 2@h/x"]) {
      const failure = failureOf({ camera: [url] });
      expect(failure.code).toBe("TMON_SOURCE_UNSUPPORTED");
      expect(failure.message).not.toContain("hunter");
    }
  });
});

describe("monitoring.yaml", () => {
  const monitoring = `
prometheus: { port: 9100 }
grafana: { api_key: hunter2 }
alerts:
  notification_channels:
    - type: email
      config: { smtp_port: 587, password_file: secrets/smtp }
    - type: webhook
      config: { url: 'http://h/hook?t=hunter2', headers: { Authorization: hunter2, Accept: text } }
    - type: dingtalk
      config: { webhook_url: 'http://h/hunter2', secret: hunter2 }
`;
  const loaded = loadFiles({ "monitoring.yaml": monitoring, "secrets/smtp": "hunter2\n" });
  const [email, webhook, dingtalk] = loaded.config.monitoring.alerts?.notification_channels ?? [];

  it("gives the keys that count and no others", () => {
    expect(Object.keys(loaded.config.monitoring).toSorted()).toEqual([
      "alerts",
      "audit",
      "health_check",
      "logging",
    ]);
  });

  it("has the channels' secrets hidden, from a file too", () => {
    expect(everythingShown(loaded)).not.toContain("hunter2");
    expect(email?.config).toMatchObject({ smtp_port: 587 });
    expect(revealed(email?.config?.password)).toBe("hunter2");
    expect(revealed(webhook?.config?.url)).toBe("http://h/hook?t=hunter2");
    expect(webhook?.config?.headers).toMatchObject({ Accept: "text" });
    expect(revealed(dingtalk?.config?.secret)).toBe("hunter2");
  });
});

describe("tokens of who may look", () => {
  it("are viewers' unless said to be operators'; the environment's is an operator's", () => {
    const files = {
      "tmon.yaml":
        "web: { tokens: [{ name: wall, token: 0123456789abcdef }, { name: room, role: operator, token: fedcba9876543210 }] }",
    };
    const roles = (env = {}) => loadFiles(files, env).config.web.tokens.map(({ name, role }) => [name, role]);
    expect(roles()).toEqual([
      ["wall", "viewer"],
      ["room", "operator"],
    ]);
    expect(roles({ TMON_TOKEN: "0123456789abcdef" })).toEqual([["environment", "operator"]]);
  });

  it("that could be guessed are refused, and not shown", () => {
    const failure = failureOfFiles({ "tmon.yaml": "web: { tokens: [{ name: wall, token: hunter2 }] }" });
    expect(failure).toMatchObject({ code: "TMON_CONFIG_INVALID", todo: expect.stringContaining("openssl") });
    expect(failure.message).toContain("wall has 7 characters");
    expect(failure.message).not.toContain("hunter2");
    expect(failureOf({}, { TMON_TOKEN: "short" }).message).toContain("TMON_TOKEN has 5 characters");
  });
});
