import { describe, expect, it } from 'vitest';
import { emptyResponse } from '../../../src/rules/empty-response.js';
import { isPassedOn } from '../../../src/rules/judgements/front-answers.js';
import { newObservation, observe } from '../../../src/rules/observation/observation.js';
import { RuleRun } from '../../../src/rules/rule-run.js';
import { answer, connection, finBy, get, handshake } from '../facts.js';
import { CONCLUSION } from '../test-rule.js';

const EDGE = '10.0.0.49';

/** What a client asked of a proxy, and what it was told. */
const front = (status: number) =>
  connection([...handshake(), get(1200, '/a'), answer(9000, status)], {
    stream: 0,
    client: '10.0.0.1',
    server: EDGE,
    firstPacket: 1,
  });

/** The same, asked of a server that closes without an answer. */
const back = connection([...handshake(), get(1300, '/a'), finBy('server', 5000)], {
  stream: 1,
  client: EDGE,
  server: '10.0.1.43',
  firstPacket: 101,
});

function findingOf(...connections: Parameters<RuleRun['inspect']>[0]) {
  const run = new RuleRun([emptyResponse]);
  run.inspect(connections);
  return run.conclude(CONCLUSION).findings[0];
}

describe('what clients in front were told', () => {
  it.each([500, 502, 503, 504])('is said with a failure behind: %s', (status) => {
    const finding = findingOf(front(status), back);
    expect(finding?.summary).toMatch(
      new RegExp(` Clients in front were told ${status} by 10\\.0\\.0\\.49:80 \\(#\\d+\\)\\.$`),
    );
    const told = finding?.evidence[0]?.packets.at(-1);
    expect(told?.note).toBe(`10.0.0.49:80 in front answers its client ${status}`);
    expect(told?.packet).toBe(front(status).exchanges[0]?.response?.firstPacket);
  });

  it('is not said of another answer, or where the front is not in the capture', () => {
    expect(findingOf(front(404), back)?.summary).not.toContain('in front');
    expect(findingOf(back)?.summary).not.toContain('in front');
  });

  it('is what the server behind is judged for, and not the proxy', () => {
    const observation = newObservation();
    for (const one of [front(502), back]) observe(one, observation);
    const at = (packet: number | undefined) => ({ stream: 0, firstPacket: packet ?? -1 });
    expect(isPassedOn(at(front(502).exchanges[0]?.request?.firstPacket), observation)).toBe(true);
    expect(isPassedOn(at(1), observation)).toBe(false);
  });
});
