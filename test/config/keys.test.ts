import { describe, expect, it } from "vitest";
import { noLimits } from "../../src/config/sections/keys.ts";
import { failureOf, failureOfFiles, type load, loadFiles } from "./harness.ts";

const pool = ({ config }: ReturnType<typeof load>) =>
  config.keys.map(({ id, key, baseUrl, model }) => ({ id, key: key.reveal(), baseUrl, model }));
const ids = (loaded: ReturnType<typeof load>) => loaded.config.keys.map(({ id }) => id);

describe("--vlm NAME", () => {
  const files = {
    "tmon.yaml": `
vlm:
  providers:
    local: { base_url: http://127.0.0.1:8000/v1/chat/completions, model: m }
    other: { base_url: http://o/v1, key_file: secrets/other }
`,
    "api_keys.yaml": "api_keys: [{ key: sk-dashscope, rpm_limit: 60 }]\n",
    "secrets/other": "sk-other\n",
  };
  const env = { DASHSCOPE_API_KEY: "sk-environment", TMON_VLM_BASE_URL: "http://e/v1", TMON_VLM_MODEL: "e" };

  it("sends no key of another provider to this one", () => {
    expect(pool(loadFiles(files, env, { vlm: "local" }))).toEqual([
      { id: "local", key: "none", baseUrl: "http://127.0.0.1:8000/v1", model: "m" },
    ]);
    expect(pool(loadFiles(files, {}, { vlm: "other", vlmModel: "said" }))).toEqual([
      { id: "other", key: "sk-other", baseUrl: "http://o/v1", model: "said" },
    ]);
  });

  it("has no limits of its own", () => {
    expect(loadFiles(files, env, { vlm: "local" }).config.keys).toMatchObject([
      { account: undefined, limits: noLimits, enabled: true },
    ]);
  });

  it("that is no provider is refused", () => {
    expect(failureOf({ vlm: "constructor" })).toMatchObject({ code: "TMON_USAGE" });
  });
});

describe("what the command line and the environment say", () => {
  const files = { "api_keys.yaml": "api_keys: [{ key: sk-a, base_url: http://f/v1, model: f }]\n" };

  it("goes before a key's own model and address", () => {
    const env = { TMON_VLM_BASE_URL: "http://e/v1/chat/completions", TMON_VLM_MODEL: "e" };
    expect(pool(loadFiles(files))).toMatchObject([{ baseUrl: "http://f/v1", model: "f" }]);
    expect(pool(loadFiles(files, env))).toMatchObject([{ baseUrl: "http://e/v1", model: "e" }]);
    expect(pool(loadFiles(files, env, { vlmModel: "said" }))).toMatchObject([{ model: "said" }]);
  });

  it("names an address of a provider, in the files too", () => {
    const failure = failureOf({}, { TMON_VLM_BASE_URL: "localhost:8000" });
    expect(failure).toMatchObject({ code: "TMON_USAGE" });
    expect(failure.message).toContain("TMON_VLM_BASE_URL");
    expect(failureOfFiles({ "tmon.yaml": "vlm: { base_url: 'ftp://h/' }" }).message).toMatch(
      /tmon\.yaml:1: vlm\.base_url/,
    );
    const whole = "vlm: { base_url: http://h/v1/chat/completions }";
    expect(loadFiles({ "tmon.yaml": whole }).config.vlm.baseUrl).toBe("http://h/v1");
  });
});

describe("keys of the environment", () => {
  const unreadable = { "api_keys.yaml": "api_keys: [{ key_file: nowhere }]\n" };

  it("replace the file's, which need not even be readable", () => {
    expect(ids(loadFiles(unreadable, { DASHSCOPE_API_KEY: "sk-a" }))).toEqual(["env_1"]);
    expect(failureOfFiles(unreadable).message).toContain("nowhere");
  });

  it("are not there if the variable lists none", () => {
    const files = { "api_keys.yaml": "api_keys: [{ key: sk-a, key_id: file }]\n" };
    expect(ids(loadFiles(files, { DASHSCOPE_API_KEYS: "," }))).toEqual(["file"]);
    expect(ids(loadFiles(files, { DASHSCOPE_API_KEYS: " , ", DASHSCOPE_API_KEY: "sk-b" }))).toEqual([
      "env_1",
    ]);
  });
});

describe("an entry of api_keys.yaml", () => {
  it("is left out with one notice if any of its variables is unset", () => {
    const { config, notices } = loadFiles({
      "api_keys.yaml": `
api_keys:
  - { key: sk-a, base_url: '\${REGION_URL}', model: '\${NOT_SET}' }
  - { key: sk-b, key_id: b }
`,
    });
    expect(config.keys.map(({ id }) => id)).toEqual(["b"]);
    expect(notices).toEqual([expect.stringMatching(/api_keys\.yaml:3: api_keys\.0 .*not set/)]);
  });

  it("stays if the value of a variable looks like a variable", () => {
    const files = { "api_keys.yaml": "api_keys: [{ key: '${A}' }]\n" };
    expect(pool(loadFiles(files, { A: "sk-${B}" }))).toMatchObject([{ key: "sk-${B}" }]);
  });

  it("has an id of its own", () => {
    const twice = "api_keys:\n  - { key: sk-a, key_id: one }\n  - { key: sk-b, key_id: one }\n";
    const failure = failureOfFiles({ "api_keys.yaml": twice });
    expect(failure.code).toBe("TMON_CONFIG_INVALID");
    expect(failure.message).toMatch(/api_keys\.yaml:3: two keys .* one/);
    const numbered = "api_keys:\n  - { key: sk-a, key_id: key_2 }\n  - { key: sk-b }\n";
    expect(failureOfFiles({ "api_keys.yaml": numbered }).message).toContain("key_2");
  });

  it("has a key", () => {
    const refused = (entry: string, files = {}) =>
      failureOfFiles({ "api_keys.yaml": `api_keys:\n  - ${entry}\n`, ...files }).message;
    expect(refused("key: ''")).toMatch(/api_keys\.yaml:2: api_keys\[0\]\.key/);
    expect(refused("key_file: ''")).toMatch(/api_keys\.yaml:2: api_keys\[0\]\.key_file/);
    expect(refused("key_file: empty", { empty: "\n" })).toMatch(/empty is empty/);
    expect(refused("key_id: a")).toContain("give either key or key_file");
  });
});

describe("accounts", () => {
  const accounts = `
accounts:
  - id: main
    models:
      qwen3-vl-plus: { rpm: 1200, tpm: 1000000, concurrency: 50 }
      qwen3-vl-flash: { rpm: 600, qps: 30 }
`;
  const file = (keys: string) => ({ "api_keys.yaml": `${accounts}api_keys:\n${keys}` });

  it("share the limits of their model among their keys; a second has a sixtieth of them unless told", () => {
    const { keys } = loadFiles(
      file(
        "  - { key: sk-a, account: main, rpm_limit: 300 }\n  - { key: sk-b, account: main, model: qwen3-vl-flash }",
      ),
    ).config;
    expect(keys).toMatchObject([
      {
        account: {
          id: "main",
          limits: { rpm: 1200, tpm: 1_000_000, qps: 20, tps: 1_000_000 / 60, concurrency: 50 },
        },
        limits: { rpm: 300, qps: undefined },
      },
      {
        account: { id: "main", limits: { rpm: 600, qps: 30, tpm: undefined, tps: undefined } },
        limits: noLimits,
      },
    ]);
  });

  it("that are not there, or have no limits for the key's model, are an error at the key", () => {
    expect(failureOfFiles(file("  - { key: sk-a, account: other }")).message).toMatch(
      /api_keys\.yaml:8: there is no account other/,
    );
    expect(failureOfFiles(file("  - { key: sk-a, account: main, model: m }")).message).toMatch(
      /the account main has no limits for the model m/,
    );
  });

  it("weigh a key by 1/priority unless told", () => {
    const { keys } = loadFiles(
      file("  - { key: sk-a, priority: 2 }\n  - { key: sk-b, priority: 2, weight: 3 }"),
    ).config;
    expect(keys.map(({ weight }) => weight)).toEqual([0.5, 3]);
  });
});
