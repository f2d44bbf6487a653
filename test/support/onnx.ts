import { PbfWriter } from "pbf";

/** An ONNX file with notes of itself added: what follows a protobuf message belongs to it. */
export function withMetadata(file: Buffer, notes: Record<string, string>): Buffer {
  const writer = new PbfWriter();
  for (const [key, value] of Object.entries(notes))
    writer.writeMessage(
      14,
      (_, entry) => {
        entry.writeStringField(1, key);
        entry.writeStringField(2, value);
      },
      undefined,
    );
  return Buffer.concat([file, writer.finish()]);
}
