/** MACsec: frames that are authenticated, and mostly encrypted as well. IEEE 802.1AE §9. */
import type { Cursor } from './cursor.js';
import { ethernetType } from './ethernet.js';
import type { Layer } from './layer.js';

/** Tag control, short length, packet number. */
const TAG = 6;
const CHANNEL_IDENTIFIER = 8;
const CHANNEL_PRESENT = 0x20;
/** Encrypted, or changed otherwise: the content is no longer the frame's. */
const ENCRYPTED_OR_CHANGED = 0x0c;
/** Of the usual cipher suites, all of them with GCM. */
const CHECK_VALUE = 16;
const TYPE = 2;

/** Reads the tag; without encryption the frame's own type follows, and a check value behind all. */
export function macsec(cursor: Cursor): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < TAG) return cursor.malformed('macsec-header-cut');
  const control = view.getUint8(at);
  if ((control & ENCRYPTED_OR_CHANGED) !== 0) return cursor.malformed('macsec-encrypted');
  const header = TAG + ((control & CHANNEL_PRESENT) === 0 ? 0 : CHANNEL_IDENTIFIER) + TYPE;
  if (cursor.end - at < header) return cursor.malformed('macsec-header-cut');
  cursor.at = at + header;
  cursor.limit(Math.max(0, cursor.wireEnd - cursor.at - CHECK_VALUE));
  return ethernetType(cursor, view.getUint16(cursor.at - TYPE));
}
