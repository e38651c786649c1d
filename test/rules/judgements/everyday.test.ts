import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { SIGN } from '../../../src/facts/signs.js';
import { RULES } from '../../../src/rules/index.js';
import { isEveryday } from '../../../src/rules/judgements/everyday.js';
import { RuleRun } from '../../../src/rules/rule-run.js';
import { connectionsOf } from '../../samples/connections.js';
import { SAMPLES } from '../../samples/scenarios.js';
import { answer, connection, finBy, get, handshake, healthy, rstBy, withRequests, withResponses } from '../facts.js';

const IDLE: Connection['idlePeriods'][number] = {
  startNs: 2_000_000,
  durationNs: 900_000_000,
  after: 'server',
  endedBy: 'client-fin',
  packet: 7,
};
const everyday = withoutSigns(healthy());

/** The same connection, but for what is changed in it. */
function but(change: Partial<Connection>): Connection {
  return { ...everyday, ...change };
}

describe('a connection', () => {
  it.each<[string, Connection]>([
    ['one request', everyday],
    [
      'several',
      withoutSigns(connection([...handshake(), get(1100), answer(2000), get(2100), answer(3000), ...ends(4000)])),
    ],
    [
      'the server closes first',
      withoutSigns(connection([...handshake(), get(1), answer(9), finBy('server', 20), finBy('client', 30)])),
    ],
    ['in chunks, through a proxy', but({ signs: SIGN.transferCoding | SIGN.forwarded | SIGN.proxied })],
  ])('is everyday: %s', (_, facts) => {
    expect(isEveryday(facts)).toBe(true);
  });

  const { client, server, handshake: opening, guards } = everyday;
  it.each<[string, Connection]>([
    ['a request is not answered', withoutSigns(connection([...handshake(), get(1100), ...ends(4000)]))],
    ['nothing is asked', withoutSigns(connection([...handshake(), ...ends(4000)]))],
    ['a reset', withoutSigns(connection([...handshake(), get(1100), answer(2000), rstBy('server', 2100)]))],
    ['it stays open', withoutSigns(connection([...handshake(), get(1100), answer(2000)]))],
    [
      'one side alone ends it',
      withoutSigns(connection([...handshake(), get(1100), answer(2000), finBy('server', 2100)])),
    ],
    ['its beginning was not seen', withoutSigns(connection([get(1100), answer(2000), ...ends(4000)]))],
    ['a pause', but({ idlePeriods: [IDLE], idlePeriodCount: 1 })],
    [
      'its first request comes a second after the handshake',
      withoutSigns(connection([...handshake(), get(1_000_000), answer(1_001_000), ...ends(1_100_000)])),
    ],
    ['a request stays unfinished', withRequests(everyday, { complete: false })],
    ['a response stays unfinished', withResponses(everyday, { complete: false })],
    ['bytes of a response are lost', withResponses(everyday, { lostBytes: 1 })],
    ...Object.entries(SIGN)
      .filter(([name]) => !['transferCoding', 'forwarded', 'proxied'].includes(name))
      .map(([name, signs]): [string, Connection] => [`the sign ${name}`, but({ signs })]),
    ...Object.keys(guards).map((name): [string, Connection] => [name, but({ guards: { ...guards, [name]: true } })]),
    ...(['lostBytes', 'retransmissions', 'outOfOrder', 'duplicates', 'zeroWindows'] as const).flatMap(
      (name): [string, Connection][] => [
        [`${name} of the client`, but({ client: { ...client, [name]: 1 } })],
        [`${name} of the server`, but({ server: { ...server, [name]: 1 } })],
      ],
    ),
    ['a SYN twice', but({ handshake: { ...opening, synRetransmissions: 1 } })],
    ['a SYN-ACK twice', but({ handshake: { ...opening, synAckRetransmissions: 1 } })],
    ['HTTP/2', but({ protocol: 'h2' })],
    ['bytes that nobody understands', but({ undecodedBytes: { client: 0, server: 9 } })],
    ['a batch of one that goes on', but({ goesOn: true })],
    ['the last batch of one', but({ exchangeOffset: 32 })],
  ])('is not: %s', (_, facts) => {
    expect(isEveryday(facts)).toBe(false);
  });
});

describe('what rules keep of a sample', () => {
  // Those that are not shown everyday connections would have kept nothing of them.
  const seeingAll = RULES.map((rule) => ({ ...rule, seesEveryday: true as const }));
  it.each(readdirSync(SAMPLES).filter((file) => /\.pcap(ng)?$/.test(file)))('is all the same: %s', async (file) => {
    const [spared, all] = [new RuleRun(), new RuleRun(seeingAll)];
    for (const facts of await connectionsOf(file)) {
      spared.inspect([facts]);
      all.inspect([facts]);
    }
    expect(spared.seen).toEqual(all.seen);
  });
});

/** No message of it is out of the ordinary. */
function withoutSigns(facts: Connection): Connection {
  return { ...facts, signs: 0 };
}

function ends(at: number) {
  return [finBy('client', at), finBy('server', at + 100)];
}
