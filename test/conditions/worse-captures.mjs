/**
 * How a capture may be worse than the samples are: each condition makes of a capture's packets what
 * would have been captured under it. One that leaves something to chance, or to where it begins, is
 * tried several times.
 */
import { mergedSegments, segmentOf } from './merged-segments.mjs';
import { microsOf, onSeveralInterfaces, seenAtTwoPorts } from './second-copies.mjs';

/** @typedef {import('../fuzz/capture-parts.mjs').Packet} Packet */
/** @typedef {import('../fuzz/capture-parts.mjs').Parts} Parts */
/** @typedef {import('../fuzz/random.mjs').Random} Random */
/**
 * `times`: how often it is tried; `change` is told which time it is, from 0.
 * @typedef {{ times: number, change: (parts: Parts, random: Random, time: number) => Parts }} Condition
 */

/** What a kernel drops when its buffer is full: so many packets in a row. */
const SHORTEST_BURST = 3;
const LONGEST_BURST = 40;
/** Where a capture may begin or end, as a share of its packets. */
const PLACES = [0.1, 0.3, 0.5, 0.7, 0.9];
/** Where the clock is set back. */
const STEPS = [0.25, 0.5, 0.75];
const SEEDS = 5;
/** Microseconds within which one queue overtakes another. */
const OVERTAKES = 1_000;

/** @type {Readonly<Record<string, Condition>>} */
export const CONDITIONS = {
  '1 % lost': lost(100),
  '5 % lost': lost(20),
  '20 % lost': lost(5),
  'lost in bursts': { times: SEEDS, change: withPackets(lostInBursts) },
  'snap length 64': snapped(64),
  'snap length 68': snapped(68),
  'snap length 96': snapped(96),
  'snap length 128': snapped(128),
  'snap length 256': snapped(256),
  'to the servers only': once((packets) => packets.filter(oneWay(packets, true))),
  'to the clients only': once((packets) => packets.filter(oneWay(packets, false))),
  'begun late': {
    times: PLACES.length,
    change: withPackets((packets, _, time) => packets.slice(placeOf(packets, PLACES, time))),
  },
  'ended early': {
    times: PLACES.length,
    change: withPackets((packets, _, time) => packets.slice(0, placeOf(packets, PLACES, time))),
  },
  'each packet twice': once((packets) =>
    packets.flatMap((packet) => [packet, { ...packet, data: Buffer.from(packet.data) }]),
  ),
  'seen at two ports': { times: 3, change: withPackets(seenAtTwoPorts) },
  'on several interfaces': { times: 1, change: onSeveralInterfaces },
  'out of order': { times: SEEDS, change: withPackets(outOfOrder) },
  'the clock set back 2 s': {
    times: STEPS.length,
    change: withPackets((packets, _, time) => {
      const from = placeOf(packets, STEPS, time);
      return packets.map((packet, at) => (at < from ? packet : { ...packet, high: packet.high - 2 }));
    }),
  },
  'times to 1 ms': coarse(1_000),
  'times to 10 ms': coarse(10_000),
  'segments merged (GRO)': once(mergedSegments),
};

/** Those of them in which packets, or parts of packets, are missing. */
export const MISSING = Object.keys(CONDITIONS).slice(0, Object.keys(CONDITIONS).indexOf('ended early') + 1);

/** @param {(packets: Packet[], random: Random, time: number) => Packet[]} change @returns {Condition['change']} */
function withPackets(change) {
  return (parts, random, time) => ({ ...parts, packets: change(parts.packets, random, time) });
}

/** @param {(packets: Packet[]) => Packet[]} change @returns {Condition} */
function once(change) {
  return { times: 1, change: withPackets(change) };
}

/** One packet in so many. @param {number} of @returns {Condition} */
function lost(of) {
  return { times: SEEDS, change: withPackets((packets, random) => packets.filter(() => !random.oneIn(of))) };
}

/** About a tenth of all packets, in bursts, and one of them at least. @param {Packet[]} packets @param {Random} random @returns {Packet[]} */
function lostInBursts(packets, random) {
  const kept = [...packets];
  for (let bursts = Math.max(1, Math.round(packets.length / 200)); bursts > 0; bursts -= 1) {
    const length = SHORTEST_BURST + random.below(LONGEST_BURST - SHORTEST_BURST);
    kept.splice(random.below(kept.length), Math.min(length, Math.floor(packets.length / 4)));
  }
  return kept;
}

/** @param {number} length @returns {Condition} */
function snapped(length) {
  return once((packets) => packets.map((packet) => ({ ...packet, data: packet.data.subarray(0, length) })));
}

/** A tenth of the packets comes behind the next, or the next but one, where those came within a millisecond: as two queues of a card overtake one another. @param {Packet[]} packets @param {Random} random @returns {Packet[]} */
function outOfOrder(packets, random) {
  const moved = [...packets];
  for (let at = 0; at + 2 < moved.length; at += 1) {
    const behind = at + 1 + random.below(2);
    if (random.oneIn(10) && microsOf(moved[behind]) - microsOf(moved[at]) < OVERTAKES)
      moved.splice(behind, 0, ...moved.splice(at, 1));
  }
  return moved;
}

/** Stamped by a clock that ticks every so many microseconds. @param {number} tick @returns {Condition} */
function coarse(tick) {
  return once((packets) => packets.map((packet) => ({ ...packet, low: packet.low - (packet.low % tick) })));
}

/** @param {Packet[]} packets @param {readonly number[]} places @param {number} time */
function placeOf(packets, places, time) {
  return Math.floor(packets.length * (places[time] ?? 0.5));
}

/** Tells the packets of one direction: the client is who sends the SYN without ACK; what has none goes by the higher port. @param {Packet[]} packets @param {boolean} toServers @returns {(packet: Packet) => boolean} */
function oneWay(packets, toServers) {
  const clients = new Set();
  for (const packet of packets) {
    const segment = segmentOf(packet.data);
    if (segment !== null && (segment.flags & 0x12) === 0x02) clients.add(segment.flow);
  }
  return ({ data }) => {
    const segment = segmentOf(data);
    if (segment === null) return true;
    const isFromClient =
      clients.has(segment.flow) || (!clients.has(segment.back) && segment.sourcePort > segment.targetPort);
    return isFromClient === toServers;
  };
}
