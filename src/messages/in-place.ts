import { Ajv2020 } from "ajv/dist/2020.js";
import { z } from "zod";

/** A schema is not checked itself: zod made it. */
const ajv = new Ajv2020({ useDefaults: true, strict: false, validateFormats: false, validateSchema: false });

/**
 * True if JSON is as a schema's JSON Schema says, the one that `tmon schema` prints; defaults are then filled in. Nothing
 * is copied, where zod makes all of a message anew. What JSON Schema cannot say, refinements and transformations, is left
 * to the caller.
 */
export function checkInPlace<Schema extends z.ZodType>(schema: Schema) {
  const check = ajv.compile(z.toJSONSchema(schema, { io: "input" }));
  return (json: unknown): json is z.output<Schema> => check(json);
}
