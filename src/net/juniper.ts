/** What Junos puts before packets that its routers and firewalls capture (`monitor traffic … write-file`). */
import type { Cursor } from './cursor.js';
import { ethernetType } from './ethernet.js';
import { ETHERNET, IPV4, IPV6, type Layer, NONE, PPP } from './layer.js';
import { frameRelay } from './local-network.js';
import { ciscoHdlc } from './ppp.js';

const MAGIC = 0x4d4743;
const HEADER = 4;
const EXTENSIONS_LENGTH = 2;
const INBOUND = 0x01;
const WITHOUT_LINK_HEADER = 0x02;
const EXTENDED = 0x80;
/** In place of a link header: what follows, by numbers that differ between releases. */
const PROTOCOL = 4;
/** What a services card puts before the packet. */
const COOKIE = 8;
const TYPE = 2;

/** Magic, flags, extensions; then the frame of the interface, whose kind the link type tells, or an IP packet alone. */
export function juniper(cursor: Cursor): Layer {
  const { view, at, segment } = cursor;
  if (cursor.end - at < HEADER) return cursor.malformed('juniper-header-cut');
  const word = view.getUint32(at);
  if (word >>> 8 !== MAGIC) return cursor.malformed('juniper-magic');
  if (segment.direction === null) segment.direction = (word & INBOUND) === 0 ? 'outbound' : 'inbound';
  let header = HEADER;
  if ((word & EXTENDED) !== 0) {
    if (cursor.end - at < HEADER + EXTENSIONS_LENGTH) return cursor.malformed('juniper-header-cut');
    header += EXTENSIONS_LENGTH + view.getUint16(at + HEADER);
  }
  const isBare = (word & WITHOUT_LINK_HEADER) !== 0;
  if (isBare) header += PROTOCOL;
  if (header > cursor.end - at) return cursor.malformed('juniper-header-cut');
  cursor.at = at + header;
  return isBare ? ipOrNothing(cursor) : frame(cursor);
}

function frame(cursor: Cursor): Layer {
  switch (cursor.linkType) {
    case 133: // GGSN
    case 136: // SERVICES
    case 164: // MONITOR
      return cursor.end - cursor.at < COOKIE ? cursor.malformed('juniper-header-cut') : behindCookie(cursor);
    case 168: // PPPOE_ATM
      if (cursor.end - cursor.at < TYPE) return cursor.malformed('juniper-header-cut');
      cursor.at += TYPE;
      return ethernetType(cursor, cursor.view.getUint16(cursor.at - TYPE));
    case 179:
      return PPP;
    case 180:
      return frameRelay(cursor);
    case 181:
      return ciscoHdlc(cursor);
    default: // 167 PPPOE, 178 ETHER
      return ETHERNET;
  }
}

function behindCookie(cursor: Cursor): Layer {
  cursor.at += COOKIE;
  return ipOrNothing(cursor);
}

/** Routing protocols of ISO are captured so, too. */
function ipOrNothing(cursor: Cursor): Layer {
  const version = cursor.at < cursor.end ? cursor.view.getUint8(cursor.at) >>> 4 : 0;
  if (version === 4) return IPV4;
  return version === 6 ? IPV6 : NONE;
}
