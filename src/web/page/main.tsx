import { render } from "preact";
import { listenToKeys } from "./parts/keyboard.ts";
import { startLive } from "./state/live.ts";
import { model } from "./state/page.ts";
import { App } from "./views/app.tsx";

startLive(model);
listenToKeys();
render(<App />, document.getElementById("page")!);
