/** The causes, each supported, ruled out or left open, with the packets that say so. */

import { endpointText } from '../../text/address.js';
import { macText } from '../../text/mac.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { hopsOf } from '../judgements/hops.js';
import type { OtherWay } from '../judgements/other-way.js';
import type { Case } from './case.js';
import type { Detour, Seen } from './incident.js';

const NOT_AT_SERVER = 'the capture was not taken at the server: by which way its answers leave is not seen';
const NO_ANSWER = 'no answer was captured';

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'address-translation': {
    means:
      'The answers come from another address than was asked: a translation, or a load balancer’s virtual address, that the way back does not pass.',
    grounds: [
      supportedBy(({ first, asked: [syn], answerer }: Case) =>
        first.kind !== 'stray' || syn === undefined || answerer === null
          ? null
          : claim(
              [syn.packet, first.synAck?.packet ?? first.packet],
              (request, answer) =>
                `SYN ${request} went to ${endpointText(syn.server)}, SYN-ACK ${answer} comes from ${endpointText(answerer)} to the same port of the client`,
            ),
      ),
      supportedBy(({ first }: Case) => {
        const { syn } = first;
        const [reset] = first.resets;
        // Who sends a SYN to an address takes the SYN-ACK that comes from there.
        return !isUnknownThere(first) || syn === null || reset === undefined || (hopsOf(syn.ttl) ?? 0) === 0
          ? null
          : claim(
              [reset.packet, syn.packet],
              (rst, request) =>
                `RST ${rst} is the client’s own, for the answer to its own SYN ${request}: it asked another address, which was translated before the SYN came here`,
            );
      }),
      openSince(({ first }: Case) =>
        isUnknownThere(first)
          ? 'the client resets the answer to its own SYN, as one that it does not know: it may have asked another address, which was translated on the way'
          : null,
      ),
      ruledOutBy(({ first: { synAck, kind } }: Case) =>
        synAck === null || kind === 'stray'
          ? null
          : claim([synAck.packet], (answer) => `SYN-ACK ${answer} comes from the address that was asked`),
      ),
    ],
    otherwise: () => NO_ANSWER,
  },
  'return-route': {
    means: 'The server’s route for its answers is not the way that the requests come.',
    grounds: [
      supportedBy(({ first: { syn, synAck, way } }: Case) =>
        way === null || syn === null || synAck === null
          ? null
          : claim([syn.packet, synAck.packet], (request, answer) => {
              const [came, left] = placesOf(way, syn, synAck);
              return `SYN ${request} came ${came}, SYN-ACK ${answer} left ${left}`;
            }),
      ),
      supportedBy(
        ({
          first: {
            kind,
            syn,
            synAck,
            resets: [reset],
          },
        }: Case) =>
          kind !== 'stray' ||
          syn === null ||
          synAck === null ||
          reset === undefined ||
          reset.mac === null ||
          synAck.macTo !== reset.mac ||
          syn.mac === reset.mac
            ? null
            : claim([synAck.packet, syn.packet], (answer, request) => {
                const [came, left] = placesOf('neighbour', syn, synAck);
                return `SYN ${request}, translated, came ${came}, SYN-ACK ${answer} left ${left}, which is the client itself`;
              }),
      ),
      supportedBy(({ first, served }: Case) =>
        first.kind !== 'one-sided' || served === null
          ? null
          : claim(
              [first.packet, served.packet],
              (one, both) =>
                `of the connection of ${one} only the client’s half is captured, of those of other clients of this server both (${both})`,
            ),
      ),
      ruledOutBy(({ first, asked: [syn], askedServed }: Case) =>
        first.kind !== 'stray' || syn === undefined || askedServed === null
          ? null
          : claim(
              [askedServed.packet],
              (accept) =>
                `the same clients are answered by ${endpointText(syn.server)} itself at other times (${accept}): answers to them do pass what translates`,
            ),
      ),
      openSince(({ first }: Case) =>
        first.kind === 'stray'
          ? 'the answer did not pass what translates, or was not translated back there: which of the two is not seen from here'
          : null,
      ),
    ],
    otherwise: () => NOT_AT_SERVER,
  },
  'stateful-device': {
    means: 'A firewall that sees one direction only takes the other for unknown, and resets or drops it.',
    grounds: [
      supportedBy(({ first }: Case) => {
        const [one, two] = first.resets;
        if (
          (first.kind !== 'bypassed' && first.kind !== 'bypassed-likewise') ||
          one === undefined ||
          two === undefined ||
          first.again === null
        )
          return null;
        return claim(
          [one.packet, two.packet, first.again.packet],
          (ack, request, again) =>
            `the ACK of the handshake and the request are reset one by one (${ack}, ${request}), and the server, which got neither, sends its SYN-ACK again (${again})`,
        );
      }),
      supportedBy(({ first: { kind, resets, again, synAck } }: Case) => {
        const [one, two] = resets;
        if (
          kind !== 'bypassed-elsewhere' ||
          again !== null ||
          one === undefined ||
          two === undefined ||
          synAck === null
        )
          return null;
        return claim(
          [one.packet, two.packet, synAck.packet],
          (ack, request, answer) =>
            `the ACK of the handshake and the request are reset one by one (${ack}, ${request}), by another neighbour on the link than SYN-ACK ${answer} came from: what resets them does not see the answers`,
        );
      }),
      supportedBy(({ first }: Case) => {
        const [reset] = first.resets;
        if (first.kind !== 'other-way' || reset === undefined || first.syn === null) return null;
        return isOfOtherSystem(first)
          ? claim(
              [reset.packet, first.syn.packet],
              (rst, syn) =>
                `RST ${rst} in the client’s name has a TTL of ${reset.ttl}, its SYN ${syn} one of ${first.syn?.ttl}: another system wrote it`,
            )
          : null;
      }),
      supportedBy(({ first }: Case) =>
        first.kind !== 'other-way' || first.resets.length > 0 || first.synAck === null
          ? null
          : claim(
              [first.synAck.packet, first.last.packet],
              (answer, last) =>
                `SYN-ACK ${answer} does not arrive, for it is not acknowledged, and the handshake is begun again (until ${last}): something on its way drops it`,
            ),
      ),
      ruledOutBy(({ first }: Case) => {
        const [reset] = first.resets;
        return reset === undefined ||
          (first.kind !== 'stray' && isOfOtherSystem(first)) ||
          first.kind.startsWith('bypassed')
          ? null
          : claim([reset.packet], (rst) => `RST ${rst} is the client’s own: it knows no such connection`);
      }),
    ],
    otherwise: () => 'nothing was reset, and nothing shows that anything was dropped',
  },
  'transparent-proxy': {
    means: 'A proxy asks in its clients’ names, and the answers go to the clients themselves.',
    grounds: [
      ruledOutBy(({ first: { kind, syn }, asked: [own] }: Case) =>
        kind !== 'stray' || syn === null || own === undefined
          ? null
          : claim(
              [syn.packet, own.packet],
              (handedOn, request) =>
                `SYN ${handedOn} is the client’s ${request} with another address, and nobody’s own: window and options are the same`,
            ),
      ),
      openSince(({ first: { syn, way, kind } }: Case) => {
        if (syn !== null && way !== null) return null;
        if (kind === 'stray')
          return 'the answer comes from another address than was asked; whether a proxy asked there in the client’s name is not seen';
        return kind === 'one-sided' ? NO_ANSWER : NOT_AT_SERVER;
      }),
      supportedBy(({ first }: Case) => {
        const { syn } = first;
        const [reset] = first.resets;
        if (syn === null || reset === undefined || isOfOtherSystem(first)) return null;
        return hopsOf(syn.ttl) === 0 && (hopsOf(reset.ttl) ?? 0) > 0
          ? claim(
              [syn.packet, reset.packet],
              (request, rst) =>
                `SYN ${request} has crossed no router (TTL ${syn.ttl}), RST ${rst} of the same address has (TTL ${reset.ttl}): two hosts speak in its name`,
            )
          : null;
      }),
      ruledOutBy(({ first: { syn } }: Case) =>
        syn === null || (hopsOf(syn.ttl) ?? 0) === 0
          ? null
          : claim(
              [syn.packet],
              (request) => `SYN ${request} has crossed a router (TTL ${syn.ttl}): it is not a neighbour’s`,
            ),
      ),
    ],
    otherwise: () => 'no reset shows who else has the client’s address',
  },
};

/** Whether the first reset was written by a system that begins with another TTL than the SYN's sender. */
function isOfOtherSystem({ syn, resets: [reset] }: Detour): boolean {
  if (syn === null || reset === undefined) return false;
  const [own, other] = [hopsOf(syn.ttl), hopsOf(reset.ttl)];
  if (own === null || other === null || syn.ttl === null || reset.ttl === null) return false;
  return syn.ttl + own !== reset.ttl + other;
}

/** Whether a client resets, by its own system, what answers its SYN from the address that the SYN went to. */
function isUnknownThere(detour: Detour): boolean {
  const { kind, syn, resets } = detour;
  const [reset] = resets;
  return (
    kind === 'other-way' &&
    syn !== null &&
    reset !== undefined &&
    syn.ttl !== null &&
    reset.ttl !== null &&
    !isOfOtherSystem(detour)
  );
}

/** Where a request came from and its answer went to, in which they differ. */
function placesOf(way: OtherWay, syn: Seen, synAck: Seen): [came: string, left: string] {
  if (way === 'interface') return [`on interface ${syn.interfaceIndex}`, `by interface ${synAck.interfaceIndex}`];
  if (way === 'vlan') return [`in VLAN ${syn.vlan}`, `in VLAN ${synAck.vlan}`];
  return [`from ${macText(syn.mac ?? 0)} on the link`, `for ${macText(synAck.macTo ?? 0)}`];
}
