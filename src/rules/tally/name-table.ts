/** Names that stand for an address: what clients put in Host fields for an endpoint, and what DNS answered. */
export interface NameTable {
  /** Names for a server endpoint, most used first; empty when none was seen. */
  namesOf(address: string, port: number): readonly string[];
}
