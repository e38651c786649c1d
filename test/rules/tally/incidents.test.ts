import { describe, expect, it } from 'vitest';
import { type Incident, incidents, mergeIncidents, noteIncident } from '../../../src/rules/tally/incidents.js';

function incident(packet: number, steps = 0): Incident {
  const endpoint = { address: '10.0.0.1', port: 80 };
  return { packet, atNs: packet * 1000, stream: packet, client: endpoint, server: endpoint, steps };
}

describe('incidents', () => {
  it('are all counted, the earliest kept, in any order and any split', () => {
    const whole = incidents<Incident>(2);
    for (const packet of [5, 3, 9]) noteIncident(whole, incident(packet, packet === 9 ? 0 : 2));
    const [one, other] = [incidents<Incident>(2), incidents<Incident>(2)];
    for (const packet of [9, 3]) noteIncident(one, incident(packet, packet === 9 ? 0 : 2));
    noteIncident(other, incident(5, 2));
    mergeIncidents(other, one);
    expect(other).toEqual(whole);
    expect(whole).toMatchObject({ count: 3, steps: 0, lastNs: 9000 });
    expect(whole.earliest.items.map(({ packet }) => packet)).toEqual([3, 5]);
  });
});
