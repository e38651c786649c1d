import { describe, expect, it } from 'vitest';
import { Summaries } from '../../../src/capture/text-log/summaries.js';

const [CLIENT, SERVER] = ['10.0.0.10 → 10.0.1.43', '10.0.1.43 → 10.0.0.10'];
let at = 0;
const line = (ends: string, rest: string) => `  ${++at}   ${(at / 1000).toFixed(6)}    ${ends}    ${rest}`;
const tcp = (ends: string, ports: string, rest: string, bytes = 66) =>
  line(ends, `TCP ${bytes} ${ports} ${rest} TSval=1 TSecr=1`);
/** The handshake of a connection from this port. */
const opened = (port: number) => [
  tcp(CLIENT, `${port} → 80`, '[SYN] Seq=0 Win=64240 Len=0 MSS=1460 WS=1024', 74),
  tcp(SERVER, `80 → ${port}`, '[SYN, ACK] Seq=0 Ack=1 Win=65160 Len=0 MSS=1460 WS=512', 74),
  tcp(CLIENT, `${port} → 80`, '[ACK] Seq=1 Ack=1 Win=64512 Len=0'),
];

function read(lines: readonly string[]) {
  const summaries = new Summaries();
  const listed = lines.map((text) => summaries.read(text));
  return { segments: listed.map(({ segment }) => segment), unplaced: summaries.unplaced };
}

describe('lines that name no ports', () => {
  it('are of the only connection there is, as long as the packet is without its headers', () => {
    const { segments, unplaced } = read([
      ...opened(4001),
      line(CLIENT, 'HTTP 466 GET /a HTTP/1.1 '),
      line(SERVER, 'HTTP 358 HTTP/1.1 200 OK  (text/html)'),
    ]);
    expect(unplaced).toBe(0);
    expect(segments[3]).toMatchObject({
      source: { host: '10.0.0.10', port: '4001' },
      destination: { host: '10.0.1.43', port: '80' },
      length: 400,
      sequence: null,
      acknowledgement: 1,
      flags: 16,
      text: 'GET /a HTTP/1.1',
    });
    expect(segments[4]).toMatchObject({ source: { port: '80' }, length: 292, text: 'HTTP/1.1 200 OK' });
  });

  it('are of the connection whose numbers go on by just so much', () => {
    const { segments, unplaced } = read([
      ...opened(4001),
      ...opened(4002),
      line(CLIENT, 'HTTP 466 GET /a HTTP/1.1 '),
      line(CLIENT, 'HTTP 467 GET /b HTTP/1.1 '),
      tcp(SERVER, '80 → 4001', '[ACK] Seq=1 Ack=402 Win=65536 Len=0'),
      tcp(SERVER, '80 → 4002', '[ACK] Seq=1 Ack=401 Win=65536 Len=0'),
    ]);
    expect(unplaced).toBe(0);
    expect(segments.slice(6, 8).map((one) => [one?.source.port, one?.text])).toEqual([
      ['4002', 'GET /a HTTP/1.1'],
      ['4001', 'GET /b HTTP/1.1'],
    ]);
  });

  it('are not of a side that has sent nothing since; a reset says nothing of that', () => {
    const lines = [...opened(4001), ...opened(4002), line(CLIENT, 'HTTP 466 GET /a HTTP/1.1 ')];
    const fin = tcp(CLIENT, '4001 → 80', '[FIN, ACK] Seq=1 Ack=1 Win=64512 Len=0');
    const reset = line(CLIENT, 'TCP 54 4001 → 80 [RST] Seq=1 Win=0 Len=0');
    expect(read([...lines, fin]).segments[6]?.source.port).toBe('4002');
    expect(read([...lines, reset])).toMatchObject({ unplaced: 1, segments: { 6: null } });
  });

  it('are left out where they fit several, or none', () => {
    const ambiguous = read([...opened(4001), ...opened(4002), line(SERVER, 'TLSv1.3 566 Application Data')]);
    expect([ambiguous.unplaced, ambiguous.segments[6]]).toEqual([1, null]);
    expect(read([line(CLIENT, 'HTTP 466 GET /a HTTP/1.1 ')]).unplaced).toBe(1);
    expect(read([line(CLIENT, 'DNS 70 Standard query A a.example')]).unplaced).toBe(0);
  });

  it('are of the first connection that is named, where the text begins with them', () => {
    const get = line(CLIENT, 'HTTP 466 GET /a HTTP/1.1 ');
    const { segments, unplaced } = read([
      get,
      line(SERVER, 'HTTP 358 HTTP/1.1 200 OK '),
      tcp(CLIENT, '4001 → 80', '[ACK] Seq=801 Ack=5293 Win=64512 Len=0'),
    ]);
    expect(unplaced).toBe(0);
    expect(segments.map((one) => [one?.source.port, one?.sequence, one?.length])).toEqual([
      ['4001', 401, 400],
      ['80', 5001, 292],
      ['4001', 801, 0],
    ]);
    // Fewer bytes were acknowledged than the line has: it is of another connection.
    expect(read([get, tcp(SERVER, '80 → 4001', '[ACK] Seq=1 Ack=400 Win=65536 Len=0')]).unplaced).toBe(1);
  });

  it('name them where the list has columns of ports', () => {
    const ports = ([from, to]: readonly string[]) => `10.0.0.10  ${from}  10.0.1.43  ${to} `;
    const { segments, unplaced } = read([
      ...opened(4001),
      ...opened(4002),
      line(ports(['4002', '80']), 'HTTP 466 GET /a HTTP/1.1 '),
    ]);
    expect([unplaced, segments[6]?.source.port, segments[6]?.length]).toEqual([0, '4002', 400]);
  });

  it('are as long as the next line says where the list has no lengths', () => {
    const old = [...opened(4001), line(CLIENT, 'HTTP GET /a HTTP/1.1 ')].map((text) => text.replace(/TCP \d+/, 'TCP'));
    const acknowledged = tcp(SERVER, '80 → 4001', '[ACK] Seq=1 Ack=401 Win=65536 Len=0').replace(/TCP \d+/, 'TCP');
    expect(read(old)).toMatchObject({ unplaced: 1, segments: { 3: null } });
    const { segments, unplaced } = read([...old, acknowledged]);
    expect([unplaced, segments[3]?.length, segments[3]?.text]).toEqual([0, 400, 'GET /a HTTP/1.1']);
    // Which of two has how many is not said.
    const two = [...old, line(CLIENT, 'HTTP GET /b HTTP/1.1 '), acknowledged];
    expect(read(two)).toMatchObject({ unplaced: 2, segments: { 3: null, 4: null } });
  });

  it('are given up, the earliest first, where too many wait', () => {
    const many = Array.from({ length: 130 }, () => line(CLIENT, 'HTTP 466 GET /a HTTP/1.1 '));
    const acknowledged = tcp(SERVER, '80 → 4001', '[ACK] Seq=1 Ack=401 Win=65536 Len=0');
    const { segments, unplaced } = read([...opened(4001), ...opened(4002), ...many, acknowledged]);
    expect([unplaced, segments.findIndex((one) => one?.text != null)]).toEqual([129, 6 + 2]);
  });

  it('within one host are from whom a request or an answer is from', () => {
    const local = [...opened(4001)].map((text) => text.replaceAll(/10\.0\.\d\.\d+/g, '127.0.0.1'));
    const { segments } = read([
      ...local,
      line('127.0.0.1 → 127.0.0.1', 'HTTP 466 GET /a HTTP/1.1 '),
      line('127.0.0.1 → 127.0.0.1', 'HTTP 358 HTTP/1.1 200 OK '),
    ]);
    expect(segments.slice(3).map((one) => one?.source.port)).toEqual(['4001', '80']);
  });

  it('say what a message in several packets is, whose first has the first line', () => {
    const { segments } = read([
      ...opened(4001),
      line(CLIENT, 'HTTP 466 GET /a HTTP/1.1 '),
      ...[1, 1449].map((seq) => {
        const part = tcp(SERVER, '80 → 4001', `[ACK] Seq=${seq} Ack=401 Win=65536 Len=1448`, 1514);
        return `${part} [TCP segment of a reassembled PDU]`;
      }),
      line(SERVER, 'HTTP 358 HTTP/1.1 200 OK  (text/html)'),
    ]);
    expect(segments.slice(4).map((one) => one?.text)).toEqual(['HTTP/1.1 200 OK', null, null]);
  });
});

it('windows are those of the header again: without the scale, which a SYN does not have', () => {
  const { segments } = read(opened(4001));
  expect(segments.map((one) => one?.window)).toEqual([64_240, 65_160, 63]);
});
