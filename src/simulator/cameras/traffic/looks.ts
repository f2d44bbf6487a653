import type { Weather } from "../../../config/simulated-camera.ts";
import type { Mesh } from "../drawing/mesh.ts";
import type { Paint } from "../drawing/solid.ts";
import { busMesh, busShapes } from "../models/bus.ts";
import { carMesh, carShapes } from "../models/car.ts";
import { personMeshes } from "../models/person.ts";
import { truckMesh, truckShapes } from "../models/truck.ts";
import { bicycleMeshes, motorcycleMesh } from "../models/two-wheelers.ts";
import { palette } from "../scenes/palette.ts";
import type { VehicleKind, VehicleLook } from "./vehicle.ts";

export type Random = () => number;

/** One of the list. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  return items[Math.floor(random() * items.length)]!;
}

const bodies = [
  0xe8e8e6, 0xe2e2e0, 0x1d1f22, 0x2a2c30, 0x6f7479, 0x9a9fa4, 0xb9bdc1, 0x8e1f22, 0x223f74, 0x3c5a48,
  0x7a5a3a, 0xb8a888, 0xc05a1a, 0x2f6f9a,
];
const busBodies = [0x2f7d4f, 0xc03a2b, 0x2c66a8, 0xd9d9d6, 0xd8a02c];
const loads = [0xd8d8d4, 0xe6e6e2, 0x3b5f8f, 0x9c3a30, 0x8f9498, 0x4b6b4a, 0xc9a227];
const clothes = [
  0x8c2f2f, 0x2f4f8c, 0x3c6e47, 0xd6d2c8, 0x26282c, 0xc98a2b, 0x6b4a80, 0x9fb3c4, 0xd97a8a, 0xe0d060,
  0x5a7f86,
];
const trousers = [0x23283a, 0x2f3238, 0x5b5348, 0x7d7668, 0x3a4a66, 0x18191c];
const skins = [0xe0b090, 0xc99b78, 0xa87850, 0x7a5238, 0xd8a888];
const hairs = [0x201a16, 0x2f2620, 0x5a4632, 0x8a8078];

const cars: readonly Mesh[] = carShapes.map((shape) => carMesh(shape, false));
const taxi = carMesh(carShapes[0]!, true);
const buses: readonly Mesh[] = busShapes.map(busMesh);
const trucks: readonly Mesh[] = truckShapes.map(truckMesh);
const bicycles = bicycleMeshes();
const motorcycles = [motorcycleMesh(false), motorcycleMesh(true)];

export function vehicleLook(kind: VehicleKind, random: Random): VehicleLook {
  switch (kind) {
    case "car": {
      const index = Math.floor(random() * carShapes.length);
      const isTaxi = index === 0 && random() < 0.3;
      const paint = isTaxi ? pick(random, [0xd8a02c, 0x2f7d6f]) : pick(random, bodies);
      return { ...carShapes[index]!, meshes: [isTaxi ? taxi : cars[index]!], palette: palette({ paint }) };
    }
    case "bus": {
      const index = Math.floor(random() * busShapes.length);
      const paint = pick(random, busBodies);
      return {
        ...busShapes[index]!,
        meshes: [buses[index]!],
        palette: palette({ paint, second: pick(random, busBodies), sign: { shines: [235, 150, 40] } }),
      };
    }
    case "truck": {
      const index = Math.floor(random() * truckShapes.length);
      const paint = pick(random, [...busBodies, 0xe6e6e2, 0x8f9498]);
      const sign = pick(random, [0x8a7350, 0x6d6a66, 0xa89878]);
      return {
        ...truckShapes[index]!,
        meshes: [trucks[index]!],
        palette: palette({ paint, second: pick(random, loads), sign }),
      };
    }
    case "motorcycle": {
      const mesh = pick(random, motorcycles);
      return {
        length: 1.95,
        width: 0.75,
        height: 1.6,
        meshes: [mesh],
        palette: peoplePalette(random, pick(random, bodies)),
      };
    }
    case "bicycle":
      return {
        length: 1.75,
        width: 0.6,
        height: 1.8,
        meshes: bicycles,
        palette: peoplePalette(random, pick(random, clothes)),
      };
  }
}

function peoplePalette(random: Random, paint: number): Paint[] {
  return palette({
    paint,
    top: pick(random, clothes),
    trousers: pick(random, trousers),
    skin: pick(random, skins),
    hair: pick(random, hairs),
    second: pick(random, clothes),
  });
}

export interface PersonLook {
  readonly meshes: readonly Mesh[];
  readonly palette: readonly Paint[];
  /** Of the mesh. */
  readonly scale: number;
}

const people = {
  plain: personMeshes({ bag: false, umbrella: false }),
  bag: personMeshes({ bag: true, umbrella: false }),
  umbrella: personMeshes({ bag: false, umbrella: true }),
};

export function personLook(weather: Weather, random: Random): PersonLook {
  const chance = random();
  const kind = weather === "rain" && chance < 0.7 ? "umbrella" : chance > 0.8 ? "bag" : "plain";
  const child = random() < 0.1;
  return {
    meshes: people[kind],
    palette: peoplePalette(random, pick(random, clothes)),
    scale: child ? 0.72 + 0.1 * random() : 0.94 + 0.12 * random(),
  };
}
