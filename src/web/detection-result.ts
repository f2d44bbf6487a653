import { objectClasses } from "../messages/common.ts";

/** A frame's state as the aggregator publishes it: JSON. */
export interface PublishedState {
  messageId?: string;
  hasDangerousDriving?: boolean | null;
  newTaskIds?: string[];
  simulated?: boolean;
  trace?: { capturedAt?: number; aggregatedAt?: number };
  [field: string]: unknown;
}

/**
 * The data of the seed's `detection_result`. The picture is the frame's own, without boxes: the page draws
 * them. tmon tracks no objects and keeps no model's text.
 * @param picture JPEG data URI of this very frame
 */
export function detectionResult(state: PublishedState, picture: string | null): object {
  const { hasDangerousDriving, messageId, trace } = state;
  const alertAt = hasDangerousDriving ? trace?.aggregatedAt : undefined;
  return {
    ...state,
    frame: picture,
    rawFrame: picture,
    frameMessageId: picture === null ? null : messageId,
    alertGeneratedAt: alertAt === undefined ? null : alertAt / 1000,
    llmRawText: "",
    supportedClasses: objectClasses,
    trackingEnabled: false,
    serverDrawEnabled: false,
    renderedBy: "client",
  };
}
