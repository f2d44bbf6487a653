/** What the bench asks of either side: bare kafkajs, or tmon's bus. */
export interface Client {
  /** Resolves when all are written, acks -1. */
  write(topic: string, messages: readonly Outgoing[]): Promise<void>;
  /** Reads as the only member of a new group; what is read is committed every 250 ms. */
  read(topic: string, group: string, onValue: (value: Buffer) => void): Promise<Reader>;
  close(): Promise<void>;
}

export interface Outgoing {
  key: string;
  value: Buffer;
}

export interface Reader {
  /** Commits what is left. */
  stop(): Promise<void>;
}
