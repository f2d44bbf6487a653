import { openEnvironment } from "../../../src/lmdb/environment.ts";

/** Writes without a pause, and dies of an error in the midst of it. */
const { root, write } = openEnvironment(process.argv[2]!, { durability: "process" });
for (let writer = 0; writer < 4; writer++)
  void (async () => {
    for (let number = 0; ; number++) {
      await write(() => root.put(`key-${writer}`, number));
      if (writer === 0 && number === 20) setImmediate(crash);
    }
  })();

function crash(): never {
  throw new Error("a bug");
}
