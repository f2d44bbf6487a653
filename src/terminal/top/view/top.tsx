import { Box, type Key, Text, useInput, useStdin } from "ink";
import type { ReactNode } from "react";
import { printable } from "../../output.ts";
import type { Model } from "../model/model.ts";
import { orderedCameras, orderedKeys, orderedRoles } from "../model/order.ts";
import type { Ui } from "../ui.ts";
import { CameraTable } from "./cameras.tsx";
import { FlowTable } from "./flow.tsx";
import { Footer, Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { KeyTable } from "./keys.tsx";
import { between, layoutOf, type Size } from "./layout.ts";
import { RoleTable } from "./roles.tsx";

export interface TopProps {
  model: Model;
  ui: Ui;
  size: Size;
  timezone: string;
  press(key: string): void;
}

/** The whole screen; its last line belongs at the bottom. */
export function Top({ model, ui, size, timezone, press }: TopProps) {
  const { isRawModeSupported } = useStdin();
  const take = (input: string, { ctrl }: Key) => {
    if (ctrl && input === "c") press("\x03");
    // What is typed fast comes as one.
    else for (const key of input) press(key);
  };
  useInput(take, { isActive: isRawModeSupported });
  const { columns, rows } = size;
  const isScreen = Number.isFinite(rows);
  return (
    <Box flexDirection="column" width={columns}>
      <Header model={model} ui={ui} timezone={timezone} width={columns} />
      {ui.help ? <Help /> : <Body model={model} ui={ui} size={size} />}
      {isScreen && <Footer ui={ui} />}
    </Box>
  );
}

function Body({ model, ui, size }: Pick<TopProps, "model" | "ui" | "size">) {
  const layout = layoutOf(model, size);
  const { beside, left, right } = layout;
  const width = beside ? right : left;
  const own = (
    <>
      <Part>
        <FlowTable model={model} width={left} />
      </Part>
      <Part shown={layout.keys > 0}>
        <KeyTable rows={orderedKeys(model.keys, ui.order)} shown={layout.keys} width={left} at={model.at} />
      </Part>
    </>
  );
  const others = (
    <>
      <Part shown={layout.roles > 0}>
        <RoleTable rows={orderedRoles(model.roles)} shown={layout.roles} width={width} at={model.at} />
      </Part>
      <Part shown={layout.cameras > 0}>
        <CameraTable rows={orderedCameras(model.cameras, ui.order)} shown={layout.cameras} width={width} />
      </Part>
    </>
  );
  return (
    <>
      <Part shown={layout.alarms.length > 0}>
        {layout.alarms.map((alarm) => (
          <Text key={alarm} color="red" wrap="truncate">
            {printable(alarm)}
          </Text>
        ))}
      </Part>
      {beside ? (
        <Box gap={between}>
          <Box flexDirection="column" width={left}>
            {own}
          </Box>
          <Box flexDirection="column" width={right}>
            {others}
          </Box>
        </Box>
      ) : (
        <>
          {own}
          {others}
        </>
      )}
    </>
  );
}

/** Below a blank line. */
function Part({ shown = true, children }: { shown?: boolean; children: ReactNode }) {
  return (
    shown && (
      <Box flexDirection="column" marginTop={1}>
        {children}
      </Box>
    )
  );
}
