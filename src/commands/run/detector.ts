import { runRole } from "../../terminal/run-role.ts";
import { camelFlags, cameraFlags, daemonFlags, TmonCommand } from "../base.ts";

export default class Detector extends TmonCommand {
  static override summary = "Watch cameras: frames to detections";
  static override aliases = ["detect"];
  static override examples = [
    "<%= config.bin %> run detector --camera file:road.mp4 --model yolox-nano",
    "<%= config.bin %> run detector --camera 'north=file:north.mp4?loop=1' --model yolox-nano --interval 1s",
  ];
  static override flags = { ...cameraFlags, ...daemonFlags };

  async run(): Promise<void> {
    const { flags } = await this.parse(Detector);
    await runRole("detector", camelFlags(flags), this.config.version);
  }
}
