/** Whose timer it is, each cause supported, ruled out or left open, with the packets that say so. */
import { endpointText } from '../../text/address.js';
import { durationText, secondsText } from '../../text/duration.js';
import { type Causes, claim, openSince, ruledOutBy, supportedBy } from '../argument/cause.js';
import { packetText } from '../argument/figures.js';
import type { Case } from './case.js';

/** Pings this near to the time-out lose to jitter now and then. */
const TOO_SLOW = 0.9;

/** See the head of this file. */
export const CAUSES: Causes<Case> = {
  'proxy-timeout': {
    means: 'A proxy or load balancer in between gives up.',
    grounds: [
      supportedBy((subject) => {
        const pair = proxyCut(subject);
        return (
          pair &&
          claim(
            [pair.cut.packet, pair.front.packet],
            (behind, before) =>
              `${endpointText(pair.front.server)} ends both legs itself, ${behind} behind and ${before} in front, ${durationText(pair.cut.ageNs)} after the last frame`,
          )
        );
      }),
      ruledOutBy(({ fronts: [pair] }) => {
        if (pair === undefined) return null;
        const { cut, front } = pair;
        return cut.by === 'server'
          ? claim([cut.packet], (end) => `the server ends it first (${end})`)
          : claim([front.packet], (end) => `the client ends it first (${end})`);
      }),
      supportedBy(({ first, byServer, byClient }) =>
        byClient > byServer && first.isForwarded
          ? claim(
              [first.packet],
              (end) =>
                `the client of this leg, a proxy as the request’s fields say, ends it ${durationText(first.ageNs)} after the last frame (${end})`,
            )
          : null,
      ),
    ],
    otherwise: ({ seconds }) => `${secondsText(seconds)} may be a proxy’s timer as well; its other leg was not seen`,
  },
  'server-timeout': {
    means: 'The server gives up.',
    grounds: [
      ruledOutBy(({ first, byServer, byClient }) =>
        byClient > byServer ? claim([first.packet], (end) => `the client of this leg ends it (${end})`) : null,
      ),
      supportedBy(({ first, fronts }) =>
        first.isForwarded || fronts.length > 0
          ? claim([first.packet], (end) => `behind the proxy it is the server that ends it (${end})`)
          : null,
      ),
    ],
    otherwise: ({ first }) =>
      `the server of this leg ends it (${packetText(first.packet)}): the application, or a proxy before it`,
  },
  'client-timeout': {
    means: 'The client gives up.',
    grounds: [
      supportedBy(({ fronts }) => {
        const front = fronts.find((pair) => pair.front.by === 'client')?.front;
        return front === undefined ? null : claim([front.packet], (end) => `the client in front ends it (${end})`);
      }),
      ruledOutBy((subject) => {
        const pair = proxyCut(subject);
        return pair && claim([pair.front.packet], (end) => `the proxy ends the leg in front too (${end})`);
      }),
      ruledOutBy(({ first, byServer, byClient }) =>
        byServer >= byClient ? claim([first.packet], (end) => `the server ends it (${end})`) : null,
      ),
      openSince(({ first }) =>
        first.isForwarded ? `who ended the leg in front of ${packetText(first.packet)} was not captured` : null,
      ),
    ],
    // nginx names itself to nobody unless it is told to.
    otherwise: ({ first }) =>
      `the client of this leg ends it (${packetText(first.packet)}): on its own account, or as a proxy that adds no field`,
  },
  'heartbeat-too-slow': {
    means: 'There are pings, no faster than the time-out.',
    grounds: [
      supportedBy(({ cuts, seconds }) => {
        const pinged = cuts.find(({ pingPeriodNs }) => pingPeriodNs !== null);
        const periodNs = pinged?.pingPeriodNs ?? null;
        return pinged === undefined || periodNs === null || periodNs < TOO_SLOW * seconds * 1e9
          ? null
          : claim(
              [pinged.packet],
              (end) => `pings come every ${durationText(periodNs)}, no faster than the time-out (before ${end})`,
            );
      }),
      ruledOutBy(({ first, cuts }) =>
        cuts.every(({ pings }) => pings === 0)
          ? claim([first.handshakePacket], (handshake) => `nobody sends pings (since ${handshake})`)
          : null,
      ),
    ],
    otherwise: () => 'there were pings, and they ceased before the end',
  },
};

/** The pair of which the proxy ended both legs. */
function proxyCut({ fronts }: Case): Case['fronts'][number] | null {
  return fronts.find(({ cut, front }) => cut.by === 'client' && front.by === 'server') ?? null;
}
