import type { SimulatedCamera } from "../../config/simulated-camera.ts";
import type { RgbPicture } from "../../vision/picture.ts";
import { hashOf, seededRandom } from "../random.ts";
import { drawBackground, margin } from "./drawing/background.ts";
import type { Background } from "./drawing/canvas.ts";
import { lightOf } from "./drawing/light.ts";
import { type Episode, episodeAt, episodeMs, startEpisode } from "./episode.ts";
import { cosine, sine } from "./geometry/vector.ts";
import { render, type Shot, type Studio } from "./render.ts";
import { openScene } from "./scenes/open.ts";
import type { Scene } from "./scenes/scene.ts";
import { thingsOf } from "./things.ts";
import { timeOf } from "./traffic/world.ts";
import { type Danger, objectsOn, type Truth } from "./truth.ts";

/**
 * A rendered camera. What is seen at a moment depends on the camera and that moment alone; going forward is cheap,
 * going back begins the piece of time anew.
 */
export interface RenderedCamera {
  /** @param timeMs of the camera's own time, from 0 on */
  draw(timeMs: number, picture: RgbPicture): void;
  drawWithTruth(timeMs: number, picture: RgbPicture): Truth;
}

export function openRenderedCamera(camera: SimulatedCamera, studio: Studio): RenderedCamera {
  const scene = openScene(camera.scene, camera.seed);
  const chance = seededRandom(hashOf(`light ${camera.scene} ${camera.seed}`));
  const sunAngle = 2 * Math.PI * chance();
  const light = lightOf(camera.weather, [cosine(sunAngle), sine(sunAngle)]);
  const shakePixels = 1.6 * chance();
  let background: Background | undefined;
  let episode: Episode | undefined;
  let known: { index: number; dangers: Danger[] } | undefined;

  function goTo(timeMs: number): Episode {
    const index = episodeAt(timeMs);
    const isPast = episode && episode.timeMsOf(timeOf(episode.world)) > timeMs;
    if (episode?.index !== index || isPast) episode = startEpisode(camera, scene, index);
    episode.advanceTo(timeMs);
    return episode;
  }

  function shoot(timeMs: number, picture: RgbPicture, counts: boolean): Shot {
    background ??= drawBackground(
      studio.wideCanvas,
      scene,
      light,
      hashOf(`ground ${camera.scene} ${camera.seed}`),
    );
    const { world } = goTo(timeMs);
    const shot: Shot = {
      ...{ scene, light, background, counts },
      things: thingsOf(world, light),
      shake: shakeAt(timeMs, shakePixels),
      random: seededRandom(hashOf(`picture ${camera.scene} ${camera.seed} ${timeMs}`)),
    };
    render(studio, shot, picture);
    return shot;
  }

  return {
    draw(timeMs, picture) {
      shoot(timeMs, picture, false);
    },
    drawWithTruth(timeMs, picture) {
      const { things } = shoot(timeMs, picture, true);
      const index = episodeAt(timeMs);
      if (known?.index !== index) known = { index, dangers: dangersIn(camera, scene, index) };
      const dangers = known.dangers.filter(({ startMs, endMs }) => startMs <= timeMs && timeMs <= endMs);
      return { timeMs, objects: objectsOn(studio.canvas, scene.camera, things), dangers };
    },
  };
}

/** The dangers that begin from one moment of a camera's time on and before another. */
export function dangersOf(camera: SimulatedCamera, fromMs: number, toMs: number): Danger[] {
  const scene = openScene(camera.scene, camera.seed);
  const pieces: Danger[] = [];
  for (let index = episodeAt(fromMs); index * episodeMs < toMs; index++)
    pieces.push(...dangersIn(camera, scene, index));
  return pieces.filter(({ startMs }) => startMs >= fromMs && startMs < toMs);
}

function dangersIn(camera: SimulatedCamera, scene: Scene, index: number): Danger[] {
  const episode = startEpisode(camera, scene, index);
  episode.advanceTo((index + 1) * episodeMs - 1);
  return episode.dangers().flatMap(({ kind, from, to, objectIds }) => {
    const [startMs, endMs] = [episode.timeMsOf(from), episode.timeMsOf(to)];
    const begin = index * episodeMs;
    return endMs < begin ? [] : [{ kind, startMs: Math.max(begin, startMs), endMs, objectIds }];
  });
}

/** A pole sways slowly and trembles. */
function shakeAt(timeMs: number, pixels: number): readonly [number, number] {
  const seconds = timeMs / 1000;
  const sway = (slow: number, fast: number) =>
    Math.round(pixels * (0.7 * sine(slow * seconds) + 0.5 * sine(fast * seconds)));
  const within = (value: number) => Math.max(-margin, Math.min(margin, value));
  return [within(sway(2.1, 31)), within(sway(1.3, 43))];
}
