/** Who is there on a link, and who is asked for: ARP for IPv4 over Ethernet. RFC 826. */
import { ipv4Text } from '../text/address.js';
import type { Cursor } from './cursor.js';
import { macAt } from './ethernet.js';
import { type Layer, NONE } from './layer.js';

/** Hardware and protocol type, their addresses' lengths, operation, and both addresses of sender and target. */
const MESSAGE = 28;
const ETHERNET_FOR_IPV4 = 0x0001_0800;
const ADDRESS_LENGTHS = 0x0604;
const REQUEST = 1;
const REPLY = 2;
const SENDER_MAC = 8;
const SENDER = 14;
const TARGET = 24;

/** Delivers the sender, who shows that it is there whatever it says, and whom a request asks for. */
export function arp(cursor: Cursor): Layer {
  const { view, at, sink, segment } = cursor;
  if (cursor.end - at < MESSAGE) return NONE;
  if (view.getUint32(at) !== ETHERNET_FOR_IPV4 || view.getUint16(at + 4) !== ADDRESS_LENGTHS) return NONE;
  const operation = view.getUint16(at + 6);
  if (operation !== REQUEST && operation !== REPLY) return NONE;
  const { packet, atNs } = segment;
  const sender = view.getUint32(at + SENDER);
  const target = view.getUint32(at + TARGET);
  // A probe for an address of one's own has no sender yet. RFC 5227 §2.1.1.
  if (sender !== 0) {
    const mac = macAt(view, at + SENDER_MAC);
    // None has the address 0: a text did not say it.
    sink.presence({ packet, atNs, address: ipv4Text(sender), kind: 'neighbour', mac: mac === 0 ? null : mac });
  }
  if (operation === REQUEST && target !== sender)
    sink.presence({ packet, atNs, address: ipv4Text(target), kind: 'asked', mac: null });
  return NONE;
}
