import { describe, expect, it } from 'vitest';
import type { Connection } from '../../../src/facts/connection.js';
import { legKey } from '../../../src/rules/judgements/leg-key.js';
import { type RequestLeg, requestLegs } from '../../../src/rules/judgements/request-legs.js';
import { newObservation, observe } from '../../../src/rules/observation/observation.js';
import { keyedLegs, noteLeg } from '../../../src/rules/tally/keyed-legs.js';
import { answer, type ConnectionOptions, connection, get, handshake } from '../facts.js';

/** A connection with one request. */
function asked(target: string, asks: number, answers: number, options: ConnectionOptions): Connection {
  return connection([...handshake(), get(asks, target, { authority: 'shop.example' }), answer(answers, 200)], options);
}

/** The leg that its one exchange is. */
function legOf({ stream, exchanges: [exchange] }: Connection): RequestLeg {
  if (exchange?.request == null || exchange.response === null) throw new Error('the case has one whole exchange');
  const { index, request, response } = exchange;
  return {
    stream,
    index,
    leg: legKey(request),
    requestPacket: request.firstPacket,
    requestNs: request.startNs,
    answerPacket: response.firstPacket,
    answerNs: response.startNs,
    packet: response.firstPacket,
    atNs: response.startNs,
  };
}

/** The streams of the legs in front of the second connection, and behind the first. */
function found(front: Connection, back: Connection) {
  const observation = newObservation();
  const table = keyedLegs<RequestLeg>();
  for (const one of [front, back]) {
    observe(one, observation);
    noteLeg(table, legOf(one).leg, legOf(one));
  }
  const legs = requestLegs(table, observation);
  return [legs.inFrontOf(legOf(back))?.stream, legs.behind(legOf(front))?.stream];
}

describe('the legs of a request', () => {
  const front = asked('/portal/login', 1000, 5000, { stream: 1, firstPacket: 101, server: '10.0.0.49' });

  it('are found though the proxy puts another prefix before the path', () => {
    const back = asked('/crm/login', 1200, 4000, { stream: 2, client: '10.0.1.49', server: '10.0.1.43' });
    expect(found(front, back)).toEqual([1, 2]);
  });

  it('are none where one client asks two servers at a time', () => {
    const { address } = front.client.endpoint;
    const back = asked('/crm/login', 1200, 4000, { stream: 2, client: address, server: '10.0.1.43' });
    expect(found(front, back)).toEqual([undefined, undefined]);
  });
});
