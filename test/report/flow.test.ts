import { describe, expect, it } from 'vitest';
import { CAPTURE_STRIDE } from '../../src/facts/packet-reference.js';
import { communityId } from '../../src/report/community-id.js';
import { flowLine } from '../../src/report/flow.js';
import { flowSchema } from '../../src/report/schema/flow.js';
import { Redaction, UNSALTED } from '../../src/text/redaction.js';
import { clientHelloFacts, tlsFacts } from '../findings/connections.js';
import { connection, exchange, request, response } from './analyses.js';

describe('a flow line', () => {
  it('holds the fields of the contract, in its order', () => {
    const client = { address: '10.0.0.1', port: 53554 };
    const server = { address: '10.0.1.49', port: 80 };
    const line = flowLine(connection(), UNSALTED);
    expect(JSON.stringify(line)).toBe(
      `{"stream":0,"communityId":"${communityId(client, server)}",` +
        '"client":{"address":"10.0.0.1","port":53554},"server":{"address":"10.0.1.49","port":80},' +
        '"start":"2024-06-10T13:50:58.480543000Z","durationSeconds":1.25,' +
        '"packets":{"client":9,"server":8},"bytes":{"client":1245,"server":20311},' +
        '"handshake":"complete","close":"fin","resetBy":null,"tls":null,"protocol":"http/1.1",' +
        '"exchanges":[{"h2Stream":null,"method":"GET","target":"/x","authority":"a.example","status":200,' +
        '"requestPacket":14,"responsePacket":16}]}',
    );
    expect(flowSchema.parse(line)).toEqual(line);
  });

  it('has null for a request that was not asked and for a response that did not come', () => {
    const exchanges = [exchange(null, response(408, 20)), exchange(request('/late', 30), null)];
    const line = flowLine(connection({ exchanges }), UNSALTED);
    expect(line.exchanges).toEqual([
      {
        h2Stream: null,
        method: null,
        target: null,
        authority: null,
        status: 408,
        requestPacket: null,
        responsePacket: 20,
      },
      {
        h2Stream: null,
        method: 'GET',
        target: '/late',
        authority: 'a.example',
        status: null,
        requestPacket: 30,
        responsePacket: null,
      },
    ]);
    expect(flowSchema.parse(line)).toEqual(line);
  });

  it('has null for what is there and not known: it refers to what the capture does not hold', () => {
    const asked = { ...request('…', 14), method: '…', authority: '…' };
    const [only] = flowLine(connection({ exchanges: [exchange(asked, response(0, 16))] }), UNSALTED).exchanges;
    expect(only).toEqual({
      h2Stream: null,
      method: null,
      target: null,
      authority: null,
      status: null,
      requestPacket: 14,
      responsePacket: 16,
    });
  });

  it('counts packets within their own capture', () => {
    const exchanges = [exchange(request('/x', CAPTURE_STRIDE + 14), response(200, CAPTURE_STRIDE + 16))];
    const [only] = flowLine(connection({ exchanges }), UNSALTED).exchanges;
    expect(only).toMatchObject({ requestPacket: 14, responsePacket: 16 });
  });

  it('shows the target as sent, its query too, and nothing that a terminal would act on', () => {
    const exchanges = [exchange(request('/a?q=1\x1b]0;x\x07\u202e', 14), null)];
    const [only] = flowLine(connection({ exchanges }), UNSALTED).exchanges;
    expect(only?.target).toBe('/a?q=1\\x1b]0;x\\x07\\u202e');
  });

  it('keeps the shape of secrets in the target and the authority, and shows them only where it says so', () => {
    const asked = { ...request('/a?q=1&token=s3cret', 14), authority: 'user:s3cret@a.example' };
    const facts = connection({ exchanges: [exchange(asked, null)] });
    const hidden = flowLine(facts, UNSALTED);
    expect(hidden.exchanges[0]).toMatchObject({ target: '/a?q=1&token=…6', authority: '…11@a.example' });
    expect('reveal' in hidden).toBe(false);
    const shown = flowLine(facts, new Redaction(true, null));
    expect(shown.exchanges[0]).toMatchObject({ target: asked.target, authority: asked.authority });
    expect(flowSchema.parse(shown)).toMatchObject({ reveal: true });
  });

  it('keeps the nanosecond of the start and of the duration', () => {
    const line = flowLine(
      connection({
        startEpoch: { seconds: 1_718_027_458, nanoseconds: 480_543_001 },
        startNs: 1,
        endNs: 1_000_000_002,
      }),
      UNSALTED,
    );
    expect(line.start).toBe('2024-06-10T13:50:58.480543001Z');
    expect(JSON.stringify(line.durationSeconds)).toBe('1.000000001');
  });

  it('can begin before the epoch where the clock is wrong', () => {
    expect(flowLine(connection({ startEpoch: { seconds: -2, nanoseconds: 480_543_000 } }), UNSALTED).start).toBe(
      '1969-12-31T23:59:58.480543000Z',
    );
  });

  it('TLS is told as the contract has it, control characters made visible', () => {
    const tls = tlsFacts({
      clientHello: clientHelloFacts({ serverNames: ['a.exa\u001bmple', 'second.example'], offersEch: true }),
      serverHello: { packet: 6, atNs: 0, version: 'TLS 1.3', cipherSuite: 'TLS_AES_128_GCM_SHA256', alpn: 'h2' },
      echOutcome: 'unknown',
      alerts: [
        {
          from: 'server',
          packet: 9,
          atNs: 0,
          basis: 'clear',
          level: 'fatal',
          description: 40,
          name: 'handshake_failure',
        },
      ],
      decryption: 'whole',
      openedRecords: 4,
    });
    const line = flowLine(connection({ tls }), UNSALTED);
    expect(line.tls).toEqual({
      sni: 'a.exa\\x1bmple',
      alpnOffered: ['h2', 'http/1.1'],
      alpnSelected: 'h2',
      version: 'TLS 1.3',
      decrypted: true,
      cipherSuite: 'TLS_AES_128_GCM_SHA256',
      decryption: 'whole',
      resumption: 'full',
      ech: true,
      alerts: [{ from: 'server', packet: 9, name: 'handshake_failure', level: 'fatal', basis: 'clear' }],
    });
    expect(flowSchema.parse(line)).toEqual(line);
    const half = flowLine(connection({ tls: tlsFacts() }), UNSALTED);
    expect(half.tls).toMatchObject({ sni: null, alpnOffered: [], alpnSelected: null, version: null, decrypted: false });
    const retried = flowLine(connection({ tls: tlsFacts({ helloRetryRequest: 6 }) }), UNSALTED);
    expect(retried.tls).toMatchObject({ version: 'TLS 1.3', cipherSuite: null });
  });
});
