import type { Ref } from "preact";
import { age } from "../i18n/format.ts";
import { text } from "../i18n/text.ts";
import { conditionOf, latestVerdict } from "../state/condition.ts";
import type { CameraModel } from "../state/model.ts";
import { levelOf, model } from "../state/page.ts";
import { cameraHref } from "../state/route.ts";
import { LevelBadge, RenderedTag, SimulatedTag } from "./level.tsx";
import { Picture } from "./picture.tsx";
import { Trouble } from "./trouble.tsx";

export interface TileProps {
  camera: CameraModel;
  tabIndex: number;
  onFocus: () => void;
  link: Ref<HTMLAnchorElement>;
}

/** One camera on the wall: its picture, how its stream is, and the level of its latest verdict with its age. */
export function Tile({ camera, tabIndex, onFocus, link }: TileProps) {
  const condition = conditionOf(camera, model.now.value);
  const level = levelOf(camera);
  return (
    <li class={`tile ${level ? `level-${level}` : ""} is-${condition}`}>
      <a href={cameraHref(camera.id)} tabIndex={tabIndex} onFocus={onFocus} ref={link}>
        <span class="tile-screen">
          <Picture camera={camera} />
          {camera.status.value?.source === "sim" && <RenderedTag />}
          <Trouble camera={camera} />
        </span>
        <span class="tile-bar">
          <span class="tile-name">{camera.id}</span>
          <TileVerdict camera={camera} />
        </span>
      </a>
    </li>
  );
}

function TileVerdict({ camera }: { camera: CameraModel }) {
  const latest = latestVerdict(camera);
  if (!latest || latest.maxRiskLevel === "unknown") return <span class="quiet">{text.value.noVerdict}</span>;
  return (
    <span class={`tile-verdict ${levelOf(camera) ? "" : "old"}`}>
      {latest.simulated && <SimulatedTag />}
      <LevelBadge level={latest.maxRiskLevel} />
      <span class="number">{age(model.now.value - latest.capturedAt)}</span>
    </span>
  );
}
