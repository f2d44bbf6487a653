import type { PauseScope } from "./bus.ts";

/** What a consumer was told not to deliver. A resume lifts every pause within its scope. */
export interface Pauses {
  pause(scope: PauseScope): void;
  resume(scope: PauseScope): void;
  paused(topic: string, partition: number): boolean;
  /** A lost partition's own pauses end with it: whoever regains it decides anew. */
  forget(partition: number): void;
}

export function createPauses(): Pauses {
  let scopes: PauseScope[] = [];
  return {
    pause(scope) {
      if (!scopes.some((one) => within(scope, one))) scopes.push(scope);
    },
    resume(scope) {
      scopes = scopes.filter((one) => !within(one, scope));
    },
    paused: (topic, partition) => scopes.some((scope) => within({ topic, partition }, scope)),
    forget(partition) {
      scopes = scopes.filter((scope) => scope.partition !== partition);
    },
  };
}

function within(inner: PauseScope, outer: PauseScope): boolean {
  return (
    (outer.topic === undefined || outer.topic === inner.topic) &&
    (outer.partition === undefined || outer.partition === inner.partition)
  );
}
