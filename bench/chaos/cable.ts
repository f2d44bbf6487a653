import { connect, createServer, type Socket } from "node:net";
import { freePort } from "../../test/support/free-port.ts";

export interface Cable {
  readonly url: string;
  /** Open connections break, new ones are refused at once. */
  cut(): void;
  mend(): void;
  close(): void;
}

/** A way to Redis of one's own, which can be cut. */
export async function startCable(url: string): Promise<Cable> {
  const target = Number(new URL(url).port);
  const ends = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    if (isCut) return near.destroy();
    const far = connect(target, "127.0.0.1");
    near.pipe(far).pipe(near);
    for (const end of [near, far]) {
      ends.add(end);
      end.on("error", () => {});
      end.once("close", () => {
        ends.delete(end);
        near.destroy();
        far.destroy();
      });
    }
  });
  const port = await freePort();
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const cut = () => {
    isCut = true;
    for (const end of ends) end.destroy();
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    cut,
    mend() {
      isCut = false;
    },
    close() {
      cut();
      server.close();
    },
  };
}
