import { readFileSync } from "node:fs";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** So many other files are begun first: by then those that share the brokers are done. */
const lead = 3;

/**
 * Files that use Kafka come first: they are the long ones, and the short ones fill what room is left at the end. The
 * first of them starts the brokers while others have something else to do. Those that want the brokers for themselves
 * come after the rest of them, and far apart, so that none keeps another waiting. Light files come last and together:
 * a process goes on with the next file only if that shares it too.
 */
export class Sequencer extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const using = (call: string) =>
      sorted.filter(({ moduleId }) => readFileSync(moduleId, "utf8").includes(call));
    const sharing = using("useKafka()");
    const alone = using("useKafka({ alone: true })");
    const light = sorted.filter(({ project }) => !project.config.isolate);
    const [first, second, ...others] = sorted.filter(
      (file) => ![...sharing, ...alone, ...light].includes(file),
    );
    const apart = Math.ceil(others.length / (alone.length + 1));
    for (const [index, file] of alone.entries()) others.splice(lead + index * apart, 0, file);
    const [starting, ...joining] = sharing;
    return [starting, first, second, ...joining, ...others, ...light].filter((file) => file !== undefined);
  }
}
