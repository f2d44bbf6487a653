import * as Args from "@oclif/core/args";
import * as Flags from "@oclif/core/flags";
import { testCamera } from "../../terminal/camera-test.ts";
import { camelFlags, cameraFlags, configFlags, outputFlag, TmonCommand } from "../base.ts";

export default class CamerasTest extends TmonCommand {
  static override summary = "Open a camera once and say what it is";
  static override description =
    "Says codec, size, frame rate, key-frame interval and how long the first picture takes, and writes that picture as PNG, with the objects found in it if there is a detector model. Ends with 3 if the camera cannot be reached.";
  static override examples = [
    "<%= config.bin %> cameras test rtsp://192.0.2.7/live --model yolox-nano",
    "<%= config.bin %> cameras test 'sim:junction?seed=7&weather=night'",
    "<%= config.bin %> cameras test north-gate --config-dir config --picture north.png -o json",
  ];
  static override args = {
    camera: Args.string({
      description:
        "a camera's id in cameras.yaml, or file:PATH, rtsp://HOST/PATH, http://HOST/PATH, sim:SCENE?seed=N",
      required: true,
    }),
  };
  static override flags = {
    picture: Flags.string({
      helpValue: "FILE",
      description: "where to write the picture",
      default: "camera-test.png",
    }),
    model: cameraFlags.model,
    interval: cameraFlags.interval,
    output: outputFlag,
    ...configFlags,
  };

  async run(): Promise<void> {
    const { args, flags } = await this.parse(CamerasTest);
    const { picture, output, ...settings } = flags;
    await testCamera(args.camera, camelFlags(settings), { picture, output });
  }
}
