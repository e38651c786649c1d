import { describe, expect, it } from 'vitest';
import { LogReader } from '../../src/log/parse.js';
import { tableHeader, tableLine } from '../../src/log/table.js';

const HEADER =
  '"type","time","elb","client_ip","client_port","target_ip","target_port","request_processing_time","target_processing_time","response_processing_time","elb_status_code","target_status_code","request_verb","request_url"';
const ROW =
  '"https","2024-06-10T13:50:58.480543Z","app/front/1","198.51.100.7","2817","10.0.1.43","80","0.001","0.001","-1.0","502","-","GET","https://a.example:443/x?a=""b"",c"';

describe('a table of log lines', () => {
  it('of Athena over ALB logs', () => {
    const reader = new LogReader();
    expect(reader.read(`\ufeff${HEADER}`)).toBe('header');
    expect(reader.read(ROW)).toMatchObject({
      client: { address: '198.51.100.7', port: 2817 },
      server: { address: '10.0.1.43', port: 80 },
      endNs: BigInt(Date.parse('2024-06-10T13:50:58Z')) * 1_000_000n + 480_543_000n,
      startNs: BigInt(Date.parse('2024-06-10T13:50:58Z')) * 1_000_000n + 478_543_000n,
      status: 502,
      targetStatus: null,
      unanswered: true,
      method: 'GET',
      target: 'https://a.example:443/x?a="b",c',
    });
  });

  it('with tabs', () => {
    const header = tableHeader('time\tstatus\tclient_ip');
    expect(header).toEqual({ separator: '\t', names: ['time', 'status', 'client_ip'] });
    expect(header && tableLine('2024-06-10 13:50:58\t504\t10.0.0.1', header)).toMatchObject({ status: 504 });
  });

  it('is none without a time or a status among its columns, nor a row with other columns', () => {
    for (const text of ['a,b,c', 'time,client_ip,elb', '1,2,3', 'a sentence, with commas, and time', ''])
      expect(tableHeader(text)).toBeNull();
    const header = tableHeader(HEADER);
    expect(header && tableLine('"https","2024-06-10T13:50:58.480543Z"', header)).toBeNull();
    expect(new LogReader().read(ROW)).toBeNull();
  });
});
