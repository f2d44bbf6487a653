import RequestQueue from "kafkajs/src/network/requestQueue/index.js";
import { expect, it, onTestFinished, vi } from "vitest";
import { registerRequestQueue } from "../../../src/bus/kafka/request-queue.ts";

function openQueue() {
  registerRequestQueue();
  vi.useFakeTimers();
  const queue = new RequestQueue({
    ...{ maxInFlightRequests: null, requestTimeout: 1_000, enforceRequestTimeout: false },
    ...{ clientId: "tmon", broker: "127.0.0.1:9", logger: { debug() {} } },
  });
  onTestFinished(() => {
    queue.destroy();
    vi.useRealTimers();
  });
  return queue;
}

it("a connection's queue with nothing in it is not looked at", () => {
  const queue = openQueue();
  queue.checkPendingRequests();
  expect(vi.getTimerCount()).toBe(0);
});

it("a request that the broker makes wait is sent when its time has come", () => {
  const queue = openQueue();
  queue.maybeThrottle(500);
  queue.checkPendingRequests();
  const sendRequest = vi.fn();
  queue.push({ entry: { correlationId: 1, resolve() {} }, expectResponse: false, sendRequest });
  vi.advanceTimersByTime(400);
  expect(sendRequest).not.toHaveBeenCalled();
  vi.advanceTimersByTime(200);
  expect(sendRequest).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(0);
});
