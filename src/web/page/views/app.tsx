import { useSignalEffect } from "@preact/signals";
import { text } from "../i18n/text.ts";
import { Announcer } from "../parts/announcer.tsx";
import { Enlarged } from "../parts/enlarged.tsx";
import { Help } from "../parts/help.tsx";
import { Strip } from "../parts/strip.tsx";
import { model } from "../state/page.ts";
import { route } from "../state/route.ts";
import { CameraView } from "./camera.tsx";
import { IncidentsAside, IncidentsView, openIncidents } from "./incidents.tsx";
import { Wall } from "./wall.tsx";

export function App() {
  useSignalEffect(() => {
    const open = openIncidents.value.length;
    document.title = open > 0 ? `(${open}) tmon` : "tmon";
  });
  return (
    <>
      <Strip />
      {model.connection.value === "reconnecting" && <p class="lost">{text.value.lost}</p>}
      <div class="page">
        <main>
          <View />
        </main>
        {route.value.view === "wall" && <IncidentsAside />}
      </div>
      <Help />
      <Enlarged />
      <Announcer />
    </>
  );
}

/** A view more is a line here, one in route.ts and a file of its own. */
function View() {
  const at = route.value;
  if (at.view === "incidents") return <IncidentsView />;
  if (at.view === "camera") return <CameraView cameraId={at.cameraId} />;
  return <Wall />;
}
