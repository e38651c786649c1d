import { describe, expect, it } from 'vitest';
import { isFailing } from '../../src/log/log-line.js';
import { parseLogLine } from '../../src/log/parse.js';

const at = (text: string) => BigInt(Date.parse(text)) * 1_000_000n;

describe('a log in JSON', () => {
  it('of nginx, by its variables', () => {
    const line = parseLogLine(
      '{"time_iso8601":"2024-06-10T15:50:58+02:00","msec":"1718027458.480","remote_addr":"198.51.100.7","remote_port":"2817","request":"GET /a?b=c HTTP/1.1","status":"502","request_time":"0.250","upstream_addr":"10.0.1.42:80, 10.0.1.43:80","upstream_status":"502, 502"}',
    );
    expect(line).toMatchObject({
      format: 'fields',
      endNs: at('2024-06-10T13:50:58.480Z'),
      startNs: at('2024-06-10T13:50:58.230Z'),
      precisionNs: 1_000_000,
      client: { address: '198.51.100.7', port: 2817 },
      server: { address: '10.0.1.43', port: 80 },
      status: 502,
      targetStatus: 502,
      unanswered: false,
      method: 'GET',
      target: '/a?b=c',
    });
    expect(line !== null && isFailing(line)).toBe(true);
  });

  it('of HAProxy, behind syslog: its time is that of the beginning', () => {
    expect(
      parseLogLine(
        'Jun 10 13:50:58 lb haproxy[7]: {"client":"10.0.1.2","client_port":33317,"accept_date":"10/Jun/2024:13:50:58.655","status":502,"termination_state":"SH--","ta":109,"method":"GET","path":"/x","server_ip":"10.0.1.43","sp":80}',
      ),
    ).toMatchObject({
      startNs: at('2024-06-10T13:50:58.655Z'),
      endNs: at('2024-06-10T13:50:58.764Z'),
      client: { address: '10.0.1.2', port: 33_317 },
      server: { address: '10.0.1.43', port: 80 },
      flags: 'SH--',
      status: 502,
      method: 'GET',
      target: '/x',
    });
  });

  it('of Caddy, Traefik and Envoy', () => {
    expect(
      parseLogLine(
        '{"level":"error","ts":1718027458.4805,"request":{"remote_ip":"198.51.100.7","remote_port":"2817","method":"GET","uri":"/"},"duration":0.1,"status":502}',
      ),
    ).toMatchObject({ endNs: at('2024-06-10T13:50:58Z') + 480_500_000n, status: 502, method: 'GET', target: '/' });
    expect(
      parseLogLine(
        '{"ClientAddr":"198.51.100.7:2817","DownstreamStatus":504,"OriginStatus":0,"RequestMethod":"GET","RequestPath":"/","time":"2024-06-10T13:50:58Z"}',
      ),
    ).toMatchObject({ status: 504, targetStatus: 0, client: { port: 2817 } });
    expect(
      parseLogLine(
        '{"start_time":"2024-06-10T13:50:58.480Z","response_code":503,"response_flags":"UC","upstream_host":"10.0.1.43:80","downstream_remote_address":"198.51.100.7:2817","method":"GET","path":"/","duration":5}',
      ),
    ).toMatchObject({ startNs: at('2024-06-10T13:50:58.480Z'), status: 503, server: { port: 80 } });
  });

  it('around a line of another format, as containers write it', () => {
    const inner = '198.51.100.7 - - [10/Jun/2024:13:50:58 +0000] "GET /a HTTP/1.1" 502 150 "-" "curl/7.46.0" 0.250';
    expect(
      parseLogLine(JSON.stringify({ log: `${inner}\n`, stream: 'stdout', time: '2024-06-10T13:50:58.5Z' })),
    ).toMatchObject({
      format: 'combined',
      status: 502,
      target: '/a',
    });
  });

  it('is none without a time or an outcome, or where it is no JSON', () => {
    for (const text of [
      '{"status":502}',
      '{"time":"2024-06-10T13:50:58Z"}',
      '{"status":502',
      '{}',
      '[1]',
      '{"time":{"status":{"a":{"b":1}}}}',
    ])
      expect(parseLogLine(text)).toBeNull();
  });
});
