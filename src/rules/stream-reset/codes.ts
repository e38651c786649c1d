/** Codes of RST_STREAM by what they blame. RFC 9113 §7. */
import { H2_ERROR } from '../../facts/h2.js';

const BLAMING_THE_CLIENT: ReadonlySet<number> = new Set([
  H2_ERROR.protocol,
  H2_ERROR.flowControl,
  H2_ERROR.streamClosed,
  H2_ERROR.frameSize,
  H2_ERROR.compression,
]);
const OF_ITS_OWN: ReadonlySet<number> = new Set([H2_ERROR.internal, H2_ERROR.cancel, H2_ERROR.connect]);
const NOT_BEGUN: ReadonlySet<number> = new Set([H2_ERROR.refusedStream, H2_ERROR.http11Required]);

/** Whether the code says that what was sent breaks the protocol, or cannot be read. */
export function blamesTheClient(code: number): boolean {
  return BLAMING_THE_CLIENT.has(code);
}

/** Whether the code says that the server failed, or dropped the request. */
export function isOfItsOwn(code: number): boolean {
  return OF_ITS_OWN.has(code);
}

/** Whether the code says that nothing of the request was begun. RFC 9113 §8.7. */
export function isNotBegun(code: number): boolean {
  return NOT_BEGUN.has(code);
}
