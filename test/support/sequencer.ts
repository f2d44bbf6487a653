import { readFileSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that use Kafka come first: they are the long ones, and the short ones fill what room is left at the end. The
 * first of them starts the brokers while others have something else to do. Those that want Kafka for themselves are
 * far apart, after the rest of them, so that none keeps another waiting.
 */
export class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const using = (call: string) =>
      sorted.filter(({ moduleId }) => readFileSync(moduleId, "utf8").includes(call));
    const sharing = using("useKafka()");
    const alone = using("useKafka({ alone: true })");
    const others = sorted.filter((file) => ![...sharing, ...alone].includes(file));
    const apart = Math.floor(others.length / (alone.length + 1));
    for (const [index, file] of alone.entries()) others.splice((index + 1) * (apart + 1) - 1, 0, file);
    return [...sharing.slice(0, 1), ...others.slice(0, 2), ...sharing.slice(1), ...others.slice(2)];
  }
}
