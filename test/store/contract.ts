import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { FramePush, QuotaLimit, Store } from "../../src/store/store.ts";
import { until } from "../support/until.ts";

/** What a backend brings along to be held to the port. */
export interface StoreUnderTest {
  /** A replica's connection to the one store under test; called more than once. */
  open(): Promise<Store>;
}

/** The promises of the store port. Every backend passes them all. */
export function storeContract(name: string, prepare: () => StoreUnderTest): void {
  describe(`store contract: ${name}`, () => {
    let store: Store;
    let other: Store;
    beforeAll(async () => {
      const backend = prepare();
      store = await backend.open();
      other = await backend.open();
    });
    afterAll(async () => {
      await store.close();
      await other.close();
    });

    it("gives another replica what was set, bytes and text alike", async () => {
      const bytes = Buffer.from([0, 255, 1, 128]);
      await store.set("bytes", bytes);
      await store.set("text", "跟车过近");
      expect(await other.get("bytes")).toEqual(bytes);
      expect((await other.get("text"))?.toString()).toBe("跟车过近");
      expect(await other.get("nothing")).toBeUndefined();
    });

    it("forgets what was deleted and what expired, and keeps what was set again", async () => {
      await store.set("deleted", "x");
      await store.delete("deleted");
      expect(await other.get("deleted")).toBeUndefined();
      await store.set("short", "x", { ttlMs: 50 });
      await store.set("again", "x", { ttlMs: 50 });
      await store.set("again", "y", { ttlMs: 60_000 });
      await until(async () => (await other.get("short")) === undefined);
      expect((await other.get("again"))?.toString()).toBe("y");
    });

    it("adds what all replicas add at the same time, and forgets the sum in time", async () => {
      const adding = [store, other, store, other].map((each) => each.increment("sum", 5, { ttlMs: 60_000 }));
      expect((await Promise.all(adding)).sort((a, b) => a - b)).toEqual([5, 10, 15, 20]);
      expect(await other.increment("sum", -7, { ttlMs: 60_000 })).toBe(13);
      await store.increment("short sum", 5, { ttlMs: 1 });
      await until(async () => (await other.get("short sum")) === undefined);
      expect(await store.increment("short sum", 1, { ttlMs: 60_000 })).toBe(1);
    });

    it("lists the live entries of a prefix by key", async () => {
      await store.set("list:b", "2");
      await store.set("list:a", "1");
      await store.set("list:c", "3", { ttlMs: 1 });
      await store.set("listing", "no");
      await until(async () => (await store.get("list:c")) === undefined);
      const found = await other.list("list:");
      expect(found.map(({ key, value }) => [key, value.toString()])).toEqual([
        ["list:a", "1"],
        ["list:b", "2"],
      ]);
    });

    it("delivers what is published after subscribing, in order, to every replica, by name and by prefix", async () => {
      await store.publish("news:1", "before");
      const heard: string[] = [];
      const named: string[] = [];
      const end = await other.subscribe("news:*", (channel, message) => heard.push(`${channel}=${message}`));
      const endNamed = await store.subscribe("news:2", (_, message) => named.push(message));
      for (const message of ["a", "b", "c"]) await store.publish("news:1", message);
      await other.publish("news:2", "d");
      await store.publish("olds:1", "no");
      await until(() => heard.length >= 4 && named.length >= 1);
      expect(heard).toEqual(["news:1=a", "news:1=b", "news:1=c", "news:2=d"]);
      expect(named).toEqual(["d"]);
      await end();
      await endNamed();
    });

    it("says nothing more to a subscriber that has ended", async () => {
      const heard: string[] = [];
      const still: string[] = [];
      const end = await store.subscribe("ending", (_, message) => heard.push(message));
      const endStill = await store.subscribe("ending", (_, message) => still.push(message));
      await end();
      await store.publish("ending", "x");
      await until(() => still.length === 1);
      expect(heard).toEqual([]);
      await endStill();
    });

    it("gives a lease to one owner, who may renew it, until it is released or expires", async () => {
      expect(await store.claimLease("camera:1", "a", 60_000)).toBe(true);
      expect(await other.claimLease("camera:1", "b", 60_000)).toBe(false);
      expect(await store.claimLease("camera:1", "a", 60_000)).toBe(true);
      await other.releaseLease("camera:1", "b");
      expect(await other.claimLease("camera:1", "b", 60_000)).toBe(false);
      await store.releaseLease("camera:1", "a");
      expect(await other.claimLease("camera:1", "b", 30)).toBe(true);
      await until(() => store.claimLease("camera:1", "a", 60_000));
    });

    describe("quotas", () => {
      let covering: NodeJS.Timeout;
      // A store that has just begun may want to hear first what it does not know.
      beforeAll(async () => {
        const limits = [requests(1, 1)];
        covering = setInterval(() => store.cover({ partitions: [0], of: 1 }), 500);
        await until(async () => (await store.reserve({ group: "first", limits })).granted);
      });
      afterAll(() => clearInterval(covering));
      const requests = (limit: number, windowMs: number): QuotaLimit => ({
        unit: "requests",
        limit,
        windowMs,
      });

      it("grant no more than the limit, whichever replica asks, and say when to ask again", async () => {
        const ask = (replica: Store) => replica.reserve({ group: "shared", limits: [requests(5, 60_000)] });
        const grants = await Promise.all(Array.from({ length: 12 }, (_, n) => ask(n % 2 ? store : other)));
        expect(grants.filter(({ granted }) => granted)).toHaveLength(5);
        for (const grant of grants) {
          if (grant.granted) continue;
          expect(grant.retryAfterMs).toBeGreaterThan(0);
          expect(grant.retryAfterMs).toBeLessThanOrEqual(60_000);
        }
      });

      it("hold in every window that slides over the grants", async () => {
        const limit = 4;
        const windowMs = 200;
        const granted: { asked: number; told: number }[] = [];
        const started = performance.now();
        while (granted.length < 14 && performance.now() - started < 10_000) {
          const asked = performance.now();
          const grant = await store.reserve({ group: "sliding", limits: [requests(limit, windowMs)] });
          if (grant.granted) granted.push({ asked, told: performance.now() });
          else await delay(grant.retryAfterMs);
        }
        expect(granted).toHaveLength(14);
        // Those that were granted within the window for certain, however slow the machine; the store's clock has whole ms.
        const certainMs = windowMs - 1;
        for (const { asked: start } of granted) {
          const within = granted.filter(({ asked, told }) => asked >= start && told < start + certainMs);
          expect(within.length).toBeLessThanOrEqual(limit);
        }
      });

      it("hold all limits at once, tokens too", async () => {
        const limits: QuotaLimit[] = [
          requests(100, 60_000),
          { unit: "tokens", limit: 1000, windowMs: 60_000 },
        ];
        const ask = (tokens: number) => store.reserve({ group: "tokens", limits, tokens });
        expect((await ask(600)).granted).toBe(true);
        expect((await ask(600)).granted).toBe(false);
        expect((await ask(400)).granted).toBe(true);
        expect((await ask(1)).granted).toBe(false);
      });

      it("count what a call really used, once it is known", async () => {
        const limits: QuotaLimit[] = [{ unit: "tokens", limit: 1000, windowMs: 60_000 }];
        const ask = (tokens: number) => store.reserve({ group: "settled", limits, tokens });
        const first = await ask(900);
        expect((await ask(200)).granted).toBe(false);
        await other.endCall("settled", first.granted ? first.id : "", 700);
        expect((await ask(200)).granted).toBe(true);
        expect((await ask(200)).granted).toBe(false);
      });

      it("leak out of a bucket of tokens, which holds a call larger than itself when it is empty", async () => {
        const bucket = (limit: number, windowMs: number): QuotaLimit[] => [
          requests(1000, 60_000),
          { unit: "token_bucket", limit, windowMs },
        ];
        const ask = (group: string, tokens: number, windowMs: number) =>
          store.reserve({ group, limits: bucket(100, windowMs), tokens });
        expect((await ask("bucket", 60, 60_000)).granted).toBe(true);
        expect((await ask("bucket", 40, 60_000)).granted).toBe(true);
        const refused = await ask("bucket", 10, 60_000);
        expect(refused).toMatchObject({ granted: false });
        if (!refused.granted) expect(refused.retryAfterMs / 1000).toBeCloseTo(6, 0);
        expect((await ask("leaking", 250, 100)).granted).toBe(true);
        expect((await ask("leaking", 250, 100)).granted).toBe(false);
        await until(async () => (await ask("leaking", 250, 100)).granted);
      });

      it("let no more calls be open than there are slots, and forget one that never ends", async () => {
        const slots = { limit: 2, ttlMs: 60_000 };
        const limits = [requests(100, 60_000)];
        const ask = (replica: Store) => replica.reserve({ group: "slots", limits, slots });
        const first = await ask(store);
        expect((await ask(other)).granted).toBe(true);
        expect((await ask(store)).granted).toBe(false);
        await store.endCall("slots", first.granted ? first.id : "");
        expect((await ask(store)).granted).toBe(true);
        const lost = { group: "lost", limits, slots: { limit: 1, ttlMs: 30 } };
        expect((await store.reserve(lost)).granted).toBe(true);
        await until(async () => (await other.reserve(lost)).granted);
      });

      it("count a call that went on the wire late from then on", async () => {
        const limits = [requests(2, 1_000)];
        const ask = () => store.reserve({ group: "late", limits });
        const late = await ask();
        const prompt = await ask();
        const grantedAt = performance.now();
        await until(() => performance.now() > grantedAt + 400);
        await other.countFromNow("late", late.granted ? late.id : "");
        const sentAt = performance.now();
        expect(prompt.granted).toBe(true);
        await until(async () => (await ask()).granted);
        await until(async () => (await ask()).granted);
        expect(performance.now()).toBeGreaterThan(sentAt + 950);
      });

      it("get back a reservation that was never sent", async () => {
        const ask = () => store.reserve({ group: "given-back", limits: [requests(1, 60_000)] });
        const grant = await ask();
        expect((await ask()).granted).toBe(false);
        await other.giveBack("given-back", grant.granted ? grant.id : "");
        expect((await ask()).granted).toBe(true);
      });
    });

    describe("a frame's push", () => {
      const push = (over: Partial<FramePush>): FramePush => ({
        messageId: "m",
        cameraId: "7",
        capturedAt: 1000,
        taskIds: [],
        alertTaskIds: [],
        closing: false,
        detection: '{"kept":true}',
        payload: '{"cameraId":7}',
        ...over,
      });

      it("is published once, with the tasks no earlier push had", async () => {
        const heard: { newTaskIds: string[] }[] = [];
        const end = await other.subscribe("camera:once", (_, message) => heard.push(JSON.parse(message)));
        const first = push({ messageId: "once", cameraId: "once", taskIds: ["a"] });
        expect(await store.pushFrame(first)).toEqual({ published: true, newTaskIds: ["a"] });
        expect(await other.pushFrame(first)).toEqual({ published: false, newTaskIds: [] });
        const close = { ...first, taskIds: ["a", "b"], closing: true };
        expect(await other.pushFrame(close)).toEqual({ published: true, newTaskIds: ["b"] });
        expect(await store.pushFrame(close)).toEqual({ published: false, newTaskIds: [] });
        await until(() => heard.length >= 2);
        expect(heard).toEqual([
          { cameraId: 7, newTaskIds: ["a"] },
          { cameraId: 7, newTaskIds: ["b"] },
        ]);
        await end();
      });

      it("by two replicas at once shows each task once", async () => {
        const both = await Promise.all(
          Array.from({ length: 10 }, (_, n) =>
            (n % 2 ? store : other).pushFrame(
              push({ messageId: "race", taskIds: ["a", "b"], closing: true }),
            ),
          ),
        );
        expect(both.filter(({ published }) => published)).toHaveLength(1);
        expect(both.flatMap(({ newTaskIds }) => newTaskIds)).toEqual(["a", "b"]);
      });

      it("is cached for those who come later, and leaves a mark for late results", async () => {
        await store.pushFrame(push({ messageId: "cached", cameraId: "8", taskIds: ["a"], closing: true }));
        const state = JSON.parse(String(await other.get("detection:cached")));
        expect(state).toEqual({ cameraId: 7, newTaskIds: ["a"] });
        expect(JSON.parse(String(await other.get("camera:8:latest")))).toEqual(state);
        expect((await other.list("camera:")).map(({ key }) => key)).toContain("camera:8:latest");
        expect(await other.frameMark("cached")).toEqual({
          detection: '{"kept":true}',
          taskIds: ["a"],
          closed: true,
        });
        expect(await other.frameMark("unknown")).toBeUndefined();
      });

      it("of an older frame does not take the newest one's place", async () => {
        await store.pushFrame(
          push({ messageId: "new", cameraId: "9", capturedAt: 2000, payload: '{"n":"new"}', closing: true }),
        );
        await store.pushFrame(
          push({ messageId: "old", cameraId: "9", capturedAt: 1000, payload: '{"n":"old"}', closing: true }),
        );
        expect(JSON.parse(String(await other.get("camera:9:latest")))).toMatchObject({ n: "new" });
      });

      it("puts alerts on the camera's list once, newest first, 100 kept", async () => {
        for (let n = 0; n < 103; n++) {
          const alert = push({
            messageId: `alert-${n}`,
            cameraId: "10",
            taskIds: [`t${n}`],
            alertTaskIds: [`t${n}`],
          });
          await store.pushFrame({ ...alert, payload: JSON.stringify({ n }) });
          if (n === 50) await store.pushFrame({ ...alert, closing: true });
        }
        await store.pushFrame(push({ messageId: "calm", cameraId: "10", taskIds: ["calm"] }));
        const alerts = (await other.listAlerts("10", 200)).map((alert) => JSON.parse(alert).n);
        expect(alerts).toEqual(Array.from({ length: 100 }, (_, n) => 102 - n));
        expect(await other.listAlerts("10", 2)).toHaveLength(2);
      });
    });
  });
}
