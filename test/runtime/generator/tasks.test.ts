import { expect, test } from "vitest";
import { decode, encode } from "../../../src/messages/codec.ts";
import { detectionSchema } from "../../../src/messages/detection.ts";
import { taskSchema } from "../../../src/messages/task.ts";
import { tasksOf } from "../../../src/runtime/generator/tasks.ts";
import { picture, seedDetection, seedMessageId, seedTask } from "../../messages/seed-samples.ts";

const [group] = seedDetection.trafficGroups;
const read = (changes: object) => decode(detectionSchema, encode({ ...seedDetection, ...changes }));

test("the seed's detection makes the seed's task", () => {
  const [task] = tasksOf(read({ cameraId: 0, trace: { capturedAt: 1, detectedAt: 2 } }), 3);
  expect(decode(taskSchema, encode(task!))).toMatchObject({
    ...seedTask,
    cameraId: "0",
    source: "live",
    trace: { capturedAt: 1, detectedAt: 2, generatedAt: 3 },
  });
});

test("each group has a task with its own picture, members and id", () => {
  const trafficGroups = [
    { ...group, memberIndices: [0] },
    { ...group, groupIndex: 2, memberIndices: [1] },
  ];
  const [image] = seedDetection.groupImages;
  const groupImages = [{ ...image, groupIndex: 2, imageBase64: "AAAA" }, image];
  const tasks = tasksOf(read({ trafficGroups, groupImages }), 3);
  expect(tasks.map((task) => task.taskId)).toEqual([`${seedMessageId}_group1`, `${seedMessageId}_group2`]);
  expect(tasks.map((task) => task.groupImageBase64)).toEqual([picture, "AAAA"]);
  expect(tasks.map((task) => task.detectedObjects.map((object) => object.objectId))).toEqual([[0], [1]]);
});

test("a group whose picture was left out has a task too, so that it ends in a result", () => {
  const trafficGroups = [{ ...group, imageOmitted: true }];
  expect(tasksOf(read({ trafficGroups, groupImages: [] }), 3)).toMatchObject([{ groupImageBase64: "" }]);
});

test("a task says of its objects that a model for rendered cameras found them, where the detection does", () => {
  expect(tasksOf(read({ simulationModel: true }), 3)).toMatchObject([{ simulationModel: true }]);
  expect(tasksOf(read({}), 3)[0]).not.toHaveProperty("simulationModel");
});

test("a frame without groups has no task", () => {
  expect(tasksOf(read({ trafficGroups: [], groupImages: [] }), 3)).toEqual([]);
});
