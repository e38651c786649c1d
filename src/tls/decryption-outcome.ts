import type { Decryption } from '../facts/tls.js';
import type { Direction } from './direction.js';
import type { SessionKeys } from './session-keys.js';

/** How much of what a connection protected was opened, and why no more. `isAnswered`: the server's hello was seen. */
export function decryptionOf(one: Direction, other: Direction, keys: SessionKeys, isAnswered: boolean): Decryption {
  const opened = one.openedRecords + other.openedRecords;
  const total = one.protectedRecords + other.protectedRecords;
  if (total === 0) return 'nothing-protected';
  if (opened === total && !one.hasLoss && !other.hasLoss) return 'whole';
  if (opened > 0) return 'partial';
  if (keys.hello === null || !isAnswered) return 'no-hello';
  if (keys.isUnsupported) return 'unsupported';
  return keys.hadKeys && one.passedRecords + other.passedRecords === 0 ? 'wrong-key' : 'no-key';
}
