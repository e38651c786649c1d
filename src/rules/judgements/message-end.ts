/** Whether a message has come to its end, also where the snap length hides it. */
import type { SideFacts } from '../../facts/connection.js';
import type { Message } from '../../facts/exchange.js';
import { announcesClose } from './closing-message.js';

/** Nothing was lost of a side but what the snap length cut from packets that were captured. */
export function isSeenWhole({ lostBytes, snappedBytes }: Pick<SideFacts, 'lostBytes' | 'snappedBytes'>): boolean {
  return lostBytes <= snappedBytes;
}

/**
 * Whether a message is over, as far as can be told of one that another or a long silence follows: it
 * is whole, or only the snap length keeps its end from view.
 */
export function isOver(message: Message, side: Pick<SideFacts, 'lostBytes' | 'snappedBytes'>): boolean {
  return message.complete || isCut(message, side);
}

/** Whether its sender said that it is the last. Of a head that was cut nobody knows how its body ends. */
export function saysLast(message: Message, side: Pick<SideFacts, 'lostBytes' | 'snappedBytes'>): boolean {
  if (!isCut(message, side) || message.complete) return announcesClose(message);
  return announcesClose({ ...message, framing: 'none' });
}

function isCut({ lostBytes }: Message, side: Pick<SideFacts, 'lostBytes' | 'snappedBytes'>): boolean {
  return lostBytes > 0 && isSeenWhole(side);
}
