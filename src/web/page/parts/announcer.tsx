import { signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { riskTypes, text } from "../i18n/text.ts";
import { model } from "../state/page.ts";

/** One sentence at a time: who listens cannot follow more. */
const gatherMs = 1_000;
const sentence = signal("");

/** Says new dangers to who cannot see them. */
export function Announcer() {
  useEffect(() => {
    let heard = new Set(model.arrivals.peek().keys());
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = model.arrivals.subscribe((arrivals) => {
      if (timer || [...arrivals.keys()].every((id) => heard.has(id))) return;
      timer = setTimeout(() => {
        timer = undefined;
        const ids = [...model.arrivals.peek().keys()];
        sentence.value = sentenceOf(ids.filter((id) => !heard.has(id)));
        heard = new Set(ids);
      }, gatherMs);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, []);
  return (
    <div class="visually-hidden" role="alert">
      {sentence.value}
    </div>
  );
}

function sentenceOf(ids: readonly string[]): string {
  const { announced, announcedMany, levels } = text.peek();
  const fresh = model.incidents.peek().filter(({ incidentId }) => ids.includes(incidentId));
  const [one] = fresh;
  if (!one) return "";
  const first = announced(levels[one.riskLevel], String(one.cameraId), riskTypes(one));
  return fresh.length === 1 ? first : `${announcedMany(fresh.length)}. ${first}`;
}
