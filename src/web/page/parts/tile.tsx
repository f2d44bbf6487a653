import type { Ref } from "preact";
import { age } from "../i18n/format.ts";
import { text } from "../i18n/text.ts";
import { conditionOf, latestVerdict, presentLevel } from "../state/condition.ts";
import type { CameraModel } from "../state/model.ts";
import { model } from "../state/page.ts";
import { cameraHref } from "../state/route.ts";
import { LevelBadge, SimulatedTag } from "./level.tsx";
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
  const now = model.now.value;
  const condition = conditionOf(camera, now);
  const level = presentLevel(camera, now);
  return (
    <li class={`tile ${level ? `level-${level}` : ""} is-${condition}`}>
      <a href={cameraHref(camera.id)} tabIndex={tabIndex} onFocus={onFocus} ref={link}>
        <Screen camera={camera} />
        <span class="tile-bar">
          <span class="tile-name">{camera.id}</span>
          <TileVerdict camera={camera} />
        </span>
      </a>
    </li>
  );
}

function Screen({ camera }: { camera: CameraModel }) {
  return (
    <span class="tile-screen">
      <Picture camera={camera} />
      {latestVerdict(camera)?.simulated && <SimulatedTag />}
      <Trouble camera={camera} />
    </span>
  );
}

function TileVerdict({ camera }: { camera: CameraModel }) {
  const latest = latestVerdict(camera);
  if (!latest || latest.maxRiskLevel === "unknown") return <span class="quiet">{text.value.noVerdict}</span>;
  const isOld = presentLevel(camera, model.now.value) === undefined;
  return (
    <span class={`tile-verdict ${isOld ? "old" : ""}`}>
      <LevelBadge level={latest.maxRiskLevel} />
      <span class="number">{age(model.now.value - latest.capturedAt)}</span>
    </span>
  );
}
