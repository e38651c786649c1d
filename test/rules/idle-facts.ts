/** Idle periods for connections made by hand, as the connection tracker would note them. */
import { type Connection, type IdlePeriod, MIN_IDLE_NS } from '../../src/facts/connection.js';
import type { Side } from '../../src/facts/endpoint.js';

interface Happening {
  readonly atNs: number;
  readonly packet: number;
  readonly from: Side;
  readonly is: 'payload' | 'fin' | 'rst';
}

/** The connection with the idle periods that its exchanges, closes and TLS records make. */
export function withIdlePeriods(facts: Connection): Connection {
  const happenings: Happening[] = facts.close.segments.map(({ atNs, packet, from, kind }) => ({
    atNs,
    packet,
    from,
    is: kind,
  }));
  for (const { request, response } of facts.exchanges) {
    if (request !== null)
      happenings.push({ atNs: request.startNs, packet: request.firstPacket, from: 'client', is: 'payload' });
    if (response !== null)
      happenings.push({ atNs: response.startNs, packet: response.firstPacket, from: 'server', is: 'payload' });
  }
  for (const from of ['client', 'server'] as const)
    for (const record of [facts.tls?.[from].firstApplication, facts.tls?.[from].lastApplication])
      if (record != null) happenings.push({ atNs: record.atNs, packet: record.packet, from, is: 'payload' });
  happenings.sort((one, other) => one.atNs - other.atNs || one.packet - other.packet);
  const idlePeriods: IdlePeriod[] = [];
  let last: Happening | null = null;
  for (const each of happenings) {
    if (last !== null && each.atNs - last.atNs >= MIN_IDLE_NS) {
      idlePeriods.push({
        startNs: last.atNs,
        durationNs: each.atNs - last.atNs,
        after: last.from,
        endedBy: `${each.from}-${each.is}`,
        packet: each.packet,
      });
      last = null;
    }
    if (each.is === 'payload') last = each;
  }
  return { ...facts, idlePeriods, idlePeriodCount: idlePeriods.length };
}
