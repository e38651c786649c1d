import { describe, expect, it } from 'vitest';
import { ROLES_REVERSED } from '../../../src/facts/anomaly.js';
import type { Connection } from '../../../src/facts/connection.js';
import { answerText } from '../../../src/rules/protocol-mismatch/answer.js';
import { callsOf } from '../../../src/rules/protocol-mismatch/grpc.js';
import { type Call, calls, overHttp1 } from './calls.js';

/** What is said of each call of a connection, in order. */
function saidOf(facts: Connection): string[] {
  const said: string[] = [];
  callsOf(
    facts,
    ({ answer, index }) => said.push(`${index} ${answerText(answer)}`),
    ({ packet }) => said.push(`well ${packet}`),
  );
  return said;
}

const PAGE = { type: 'text/html' };
const not = (status: number): string[] => [`0 HTTP that is not gRPC, ${status}`];
const NO_STATUS = ['0 gRPC that ends without grpc-status'];
const BOTH_KNOWN = { client: false, server: false };

describe('what a call of gRPC is answered with', () => {
  it.each<[string, Call, string[]]>([
    ['a page of a web server', { ...PAGE }, not(200)],
    ['a file that is not there', { ...PAGE, status: 404 }, not(404)],
    ['a file that cannot be posted to', { ...PAGE, status: 405 }, not(405)],
    ['a redirection', { ...PAGE, status: 308 }, not(308)],
    ['a target group of another protocol (AWS)', { status: 464, type: null }, not(464)],
    ['nothing, and no content type', { type: null }, not(200)],
    ['gRPC-Web', { type: 'application/grpc-web+proto' }, not(200)],
    ['gRPC without trailers', {}, NO_STATUS],
    ['gRPC whose status is in the head, which is not the end', { fields: { 'grpc-status': '14' } }, NO_STATUS],
    ['gRPC of a codec of its own', { type: 'application/grpc+json', grpcStatus: 0 }, ['well 5']],
    ['a failure of its own', { grpcStatus: 13 }, ['well 5']],
    ['a page with a status (Envoy)', { ...PAGE, grpcStatus: 14 }, ['well 5']],
  ])('%s', (_, call, said) => expect(saidOf(calls([call]))).toEqual(said));

  it.each<[string, Call]>([
    ['an error of a gateway', { ...PAGE, status: 502 }],
    ['a credential that is missing', { ...PAGE, status: 401 }],
    ['a limit', { ...PAGE, status: 413 }],
    ['an error in gRPC without trailers', { status: 503 }],
    [
      'a call for reflection',
      { ...PAGE, status: 404, target: '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo' },
    ],
    ['a call for health', { ...PAGE, status: 404, target: '/grpc.health.v1.Health/Check' }],
    ['a health check of a balancer', { ...PAGE, status: 404, agent: 'ELB-HealthChecker/2.0' }],
    ['gRPC-Web that is asked for', { ...PAGE, asked: 'application/grpc-web' }],
    ['a form', { ...PAGE, asked: 'application/x-www-form-urlencoded' }],
    ['an answer that had not ended', { response: { complete: false } }],
    ['an answer that the capture lost bytes of', { response: { lostBytes: 100 } }],
    ['a head that the capture lost bytes of', { type: null, response: { lostBytes: 100 } }],
    ['trailers that are not known', { h2: { unknownFields: { ...BOTH_KNOWN, server: true } } }],
    ['a status that is no number', { h2: { trailers: { client: [], server: [{ name: 'grpc-status', value: 'x' }] } } }],
  ])('%s tells nothing', (_, call) => expect(saidOf(calls([call]))).toEqual([]));

  it('is told over HTTP/1 of a page alone: its trailers are not read', () => {
    expect(saidOf(overHttp1([{ ...PAGE, status: 404 }, {}]))).toEqual(not(404));
  });

  it('is not told where client and server have changed places', () => {
    const facts = calls([{ ...PAGE }]);
    expect(saidOf({ ...facts, anomalies: [{ name: ROLES_REVERSED, from: 'client', packet: 4, count: 1 }] })).toEqual(
      [],
    );
  });

  it('is not told of a GET', () => {
    const facts = calls([{ ...PAGE }]);
    const exchanges = facts.exchanges.map((one) => ({
      ...one,
      request: one.request && { ...one.request, method: 'GET' },
    }));
    expect(saidOf({ ...facts, exchanges })).toEqual([]);
  });
});
