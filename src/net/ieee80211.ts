/** IEEE 802.11 data frames. IEEE 802.11 §9.2, §9.3.2. */
import type { Cursor } from './cursor.js';
import { macAt } from './ethernet.js';
import { type Layer, LLC, NONE } from './layer.js';

const HEADER = 24;
const ADDRESS_1 = 4;
const ADDRESS_2 = 10;
const ADDRESS_3 = 16;
const ADDRESS_4 = 24;
const ADDRESS = 6;
const SEQUENCE_CONTROL = 22;
const QOS_CONTROL = 2;
const HT_CONTROL = 4;

/** First byte: version (2 bits), type (2), subtype (4). */
const TYPE_MASK = 0x0f;
const TYPE_DATA = 0x08;
const SUBTYPE_QOS = 0x80;
/** Null functions: no body. */
const SUBTYPE_NULL = 0x40;

/** Second byte. */
const TO_DS = 0x01;
const FROM_DS = 0x02;
const MORE_FRAGMENTS = 0x04;
const PROTECTED = 0x40;
const ORDER = 0x80;

const QOS_A_MSDU = 0x80;
const SUBFRAME_HEADER = 14;
const FRAGMENT_NUMBER = 0x0f;

/**
 * Reads a data frame up to its LLC header. Encrypted frames are counted and left, for their keys are
 * not ours; so are fragments of frames, which only old hardware sends.
 *
 * `padded`: the driver aligned what follows the header to four bytes. `swapped`: the first two bytes stand
 * the other way round.
 */
export function ieee80211(cursor: Cursor, padded: boolean, swapped = false): Layer {
  const { view, at } = cursor;
  if (cursor.end - at < HEADER) return NONE; // control frames are shorter
  const type = view.getUint8(swapped ? at + 1 : at);
  if ((type & TYPE_MASK) !== TYPE_DATA || (type & SUBTYPE_NULL) !== 0) return NONE;
  const flags = view.getUint8(swapped ? at : at + 1);
  if ((flags & PROTECTED) !== 0) return cursor.malformed('ieee80211-protected');
  if ((flags & MORE_FRAGMENTS) !== 0 || (view.getUint8(at + SEQUENCE_CONTROL) & FRAGMENT_NUMBER) !== 0) {
    return cursor.malformed('ieee80211-fragment');
  }
  let header = HEADER;
  const toDs = (flags & TO_DS) !== 0;
  const fromDs = (flags & FROM_DS) !== 0;
  if (toDs && fromDs) header += ADDRESS;
  let aggregate = false;
  if ((type & SUBTYPE_QOS) !== 0) {
    if (header + QOS_CONTROL > cursor.end - at) return cursor.malformed('ieee80211-header-cut');
    aggregate = (view.getUint8(at + header) & QOS_A_MSDU) !== 0;
    header += QOS_CONTROL;
    if ((flags & ORDER) !== 0) header += HT_CONTROL;
  }
  if (padded) header = (header + 3) & ~3;
  if (header > cursor.end - at) return cursor.malformed('ieee80211-header-cut');
  cursor.segment.mac = macAt(view, at + (fromDs ? (toDs ? ADDRESS_4 : ADDRESS_3) : ADDRESS_2));
  cursor.segment.macTo = macAt(view, at + (toDs ? ADDRESS_3 : ADDRESS_1));
  cursor.segment.vlan = -1;
  cursor.at = at + header;
  return aggregate ? firstSubframe(cursor) : LLC;
}

/** An A-MSDU: several frames in one packet, each read as if it were alone. IEEE 802.11 §9.3.2.2. */
function firstSubframe(cursor: Cursor): Layer {
  cursor.aggregateBuffer = cursor.buffer;
  cursor.aggregateView = cursor.view;
  cursor.aggregateAt = cursor.at;
  cursor.aggregateEnd = cursor.end;
  return nextSubframe(cursor);
}

/** Enters the subframe at `aggregateAt` and notes where the one behind it begins. */
export function nextSubframe(cursor: Cursor): Layer {
  const { aggregateView: view, aggregateAt: at, aggregateEnd: end } = cursor;
  cursor.buffer = cursor.aggregateBuffer;
  cursor.view = view;
  cursor.quoting = false;
  // What is left when a subframe header no longer fits is padding or the frame's check sequence.
  if (end - at < SUBFRAME_HEADER) {
    cursor.aggregateAt = end;
    return NONE;
  }
  const length = view.getUint16(at + 12);
  cursor.segment.mac = macAt(view, at + ADDRESS);
  cursor.segment.macTo = macAt(view, at);
  cursor.segment.vlan = -1;
  cursor.at = at + SUBFRAME_HEADER;
  cursor.wireEnd = cursor.at + length;
  cursor.end = Math.min(cursor.wireEnd, end);
  // Every subframe but the last is padded to a multiple of four bytes.
  cursor.aggregateAt = Math.min(end, at + ((SUBFRAME_HEADER + length + 3) & ~3));
  return LLC;
}
