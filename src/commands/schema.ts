import * as Args from "@oclif/core/args";
import { printSchema } from "../terminal/schema.ts";
import { TmonCommand, topicDescription } from "./base.ts";

export default class Schema extends TmonCommand {
  static override summary = "Print the JSON Schema of a topic's messages";
  static override examples = [
    "<%= config.bin %> schema detection-results",
    "<%= config.bin %> schema risk-assessment-results > result.schema.json",
  ];
  static override args = { topic: Args.string({ description: topicDescription, required: true }) };

  async run(): Promise<void> {
    const { args } = await this.parse(Schema);
    await printSchema(args.topic);
  }
}
