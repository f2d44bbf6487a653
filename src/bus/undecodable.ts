/**
 * A batch of another producer that cannot be decoded comes as one message: its value is the whole batch, and this
 * header says which offsets it took, as FIRST-LAST.
 */
export const undecodableHeader = "undecodable-offsets";
