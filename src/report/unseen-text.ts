import type { CaptureFacts } from '../facts/capture.js';
import { captureIndexOf, packetNumberOf } from '../facts/packet-reference.js';
import type { KeysGiven, LegBehind, QuicSeen, TlsSeen, UndecryptedCause, Unseen } from '../facts/summary.js';
import { endpointText } from '../text/address.js';
import { countText } from '../text/size.js';
import { visible } from '../text/visible.js';

/** What the captures did not show, a clause each; empty when all was seen. */
export function unseenClauses(
  unseen: Unseen,
  captures: readonly CaptureFacts[],
  keysGiven: KeysGiven = 'no-log',
): string[] {
  const clauses: string[] = [...legsBehindClauses(unseen.legsBehind, captures)];
  let isFirst = true;
  const connections = (count: number, one: string, many: string) => {
    if (count === 0) return;
    // The noun stands once: "12 connections began ...; 3 are TLS ...".
    const noun = isFirst ? ` connection${count === 1 ? '' : 's'}` : '';
    isFirst = false;
    clauses.push(`${countText(count)}${noun} ${count === 1 ? one : many}`);
  };
  connections(unseen.midStream, 'began before the capture', 'began before the capture');
  connections(unseen.openAtEnd, 'was open when the capture ended', 'were open when the capture ended');
  if (unseen.tls.decrypted === 0) {
    const causes = causesText(unseen.tls, keysGiven);
    connections(unseen.encrypted, `is TLS and was not decrypted${causes}`, `are TLS and were not decrypted${causes}`);
  } else if (unseen.encrypted > 0 || unseen.tls.decryptedInPart > 0) clauses.push(decryptedText(unseen.tls));
  connections(unseen.oneSided, 'was captured in one direction only', 'were captured in one direction only');
  connections(
    unseen.unread,
    'speaks a protocol that is not read, neither HTTP nor TLS',
    'speak a protocol that is not read, neither HTTP nor TLS',
  );
  connections(unseen.withLostBytes, 'lacks bytes that were not captured', 'lack bytes that were not captured');
  connections(unseen.snapped, 'has packets captured short', 'have packets captured short');
  connections(unseen.evicted, 'was given up for lack of memory', 'were given up for lack of memory');
  if (unseen.quic.connections > 0) clauses.push(quicText(unseen.quic));
  if (unseen.latePackets > 0) clauses.push(`${packetsText(unseen.latePackets)} came after the end of the connection`);
  for (const { name, count } of unseen.malformedHeaders) {
    const around = ENCRYPTED_WITHIN[name];
    clauses.push(
      around === undefined ? `${countText(count)} × ${name}` : `${packetsText(count)} encrypted within ${around}`,
    );
  }
  for (const { name, packets } of unseen.unknownLinkTypes) {
    if (packets === 0) continue;
    const remedy = name === EXPORTED ? ', which Wireshark exported without their headers: give the capture itself' : '';
    clauses.push(`${packetsText(packets)} of link type ${visible(name)} not decoded${remedy}`);
  }
  for (const { file, droppedPackets } of captures) {
    const of = captures.length > 1 ? ` of ${visible(file)}` : '';
    if ((droppedPackets ?? 0) > 0)
      clauses.push(`${packetsText(droppedPackets ?? 0)}${of} dropped by the capturing host`);
  }
  return clauses;
}

/** Headers that name what is encrypted behind them: the decoder's name, and the reader's. */
const ENCRYPTED_WITHIN: Readonly<Record<string, string>> = {
  'esp-encrypted': 'IPsec (ESP)',
  'wireguard-encrypted': 'WireGuard',
  'macsec-encrypted': 'MACsec',
  'capwap-encrypted': 'CAPWAP',
  'ieee80211-protected': 'Wi-Fi (802.11)',
};

/** Link type of what Wireshark writes with "Export PDUs". */
const EXPORTED = 'WIRESHARK_UPPER_PDU';

/** Proxies named one by one. */
const PROXIES = 3;
/** On the proxy's host, so that both sides have one clock; on all its interfaces. */
const BOTH_SIDES = 'tcpdump -i any -s0 -w both.pcap tcp';

/** `what failed behind 10.0.0.49:80, which answered 502 12 times (from #14): capture ...`. */
function legsBehindClauses(legs: readonly LegBehind[], captures: readonly CaptureFacts[]): string[] {
  if (legs.length === 0) return [];
  const names = legs.slice(0, PROXIES).map(({ address, port, statuses, first }) => {
    const of = captures.length > 1 ? `${visible(captures[captureIndexOf(first)]?.file ?? '')} ` : '';
    const told = statuses.map(({ status, count }) => `${status} ${count === 1 ? 'once' : `${countText(count)} times`}`);
    return `${endpointText({ address, port })}, which answered ${told.join(' and ')} (from ${of}#${packetNumberOf(first)})`;
  });
  const more = legs.length > names.length ? [`${countText(legs.length - names.length)} more`] : [];
  return [
    `what failed behind ${[...names, ...more].join('; ')}: capture on that proxy’s host, both its sides at once (${BOTH_SIDES})`,
  ];
}

function packetsText(count: number): string {
  return `${countText(count)} packet${count === 1 ? '' : 's'}`;
}

const CAUSES: Readonly<Record<UndecryptedCause, string>> = {
  'no-key': 'no key',
  'wrong-key': 'the key does not fit',
  unsupported: 'cipher suite or version not decrypted',
  'no-hello': 'handshake not captured',
};

/** ` (2: no key; 1: handshake not captured)`; nothing where no key is all there is to it, and none was given. */
function causesText({ undecrypted }: TlsSeen, keysGiven: KeysGiven): string {
  if (keysGiven === 'empty-log') return ' (there is no key in the key log)';
  if (undecrypted.every(({ cause }) => cause === 'no-key')) {
    return keysGiven === 'keys' ? ' (the key log has keys, none of them for these)' : '';
  }
  return ` (${causeList(undecrypted)})`;
}

/** `decrypted 41 of 43 TLS connections (3 in part; 2: no key)`. */
function decryptedText({ connections, decrypted, decryptedInPart, undecrypted }: TlsSeen): string {
  const remarks = decryptedInPart > 0 ? [`${countText(decryptedInPart)} in part`] : [];
  if (undecrypted.length > 0) remarks.push(causeList(undecrypted));
  return `decrypted ${countText(decrypted)} of ${countText(connections)} TLS connections (${remarks.join('; ')})`;
}

function causeList(undecrypted: TlsSeen['undecrypted']): string {
  return undecrypted.map(({ cause, connections }) => `${countText(connections)}: ${CAUSES[cause]}`).join('; ');
}

/** Names of QUIC that are listed; the report's page is for what is judged. */
const QUIC_NAMES = 5;

function quicText({ connections, names }: QuicSeen): string {
  const count = `${countText(connections)} QUIC connection${connections === 1 ? '' : 's'} over UDP`;
  if (names.length === 0) return `${count}: what they say is not in TCP`;
  const shown = names.slice(0, QUIC_NAMES).map(({ name }) => visible(name));
  const to = `${count} to ${shown.join(', ')}${names.length > shown.length ? ' and others' : ''}`;
  // QUIC carries other protocols too: DNS, SMB, what its users please.
  if (!names.every(({ alpn }) => alpn.some((protocol) => protocol.startsWith('h3')))) {
    return `${to}: what they say there is not in TCP`;
  }
  const [one, they] = names.length === 1 ? ['this name', 'it says'] : ['these names', 'they say'];
  return `${to}: ${one} moved to HTTP/3; what ${they} there is not in TCP`;
}
