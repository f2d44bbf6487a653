import RequestQueue from "kafkajs/src/network/requestQueue/index.js";

const queues = RequestQueue.prototype;
const look = queues.scheduleCheckPendingRequests;

/**
 * Once a connection was answered the library looks at its queue every millisecond, for ever, whether anything waits in
 * it or not: for a process that asks once a second that is most of its work. Whatever comes to wait is looked at anyway.
 */
export function registerRequestQueue(): void {
  queues.scheduleCheckPendingRequests = function () {
    if (this.pending.length > 0) look.call(this);
  };
}
