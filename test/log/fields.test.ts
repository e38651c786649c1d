import { describe, expect, it } from 'vitest';
import { lineOfFields } from '../../src/log/fields.js';

const line = (fields: Readonly<Record<string, string>>) => lineOfFields(new Map(Object.entries(fields)));
const NS = BigInt(Date.parse('2024-06-10T13:50:58Z')) * 1_000_000n;

describe('fields with names', () => {
  it('count from the end, or with flags from the beginning', () => {
    const times = { time: '2024-06-10T13:50:58Z', start_time: '2024-06-10T13:50:57Z', status: '502' };
    expect(line(times)).toMatchObject({ endNs: NS });
    expect(line({ ...times, term_state: 'SH--' })).toMatchObject({ startNs: NS - 1_000_000_000n, flags: 'SH--' });
  });

  it('say that nobody answered where the server behind has no status', () => {
    const fields = { time: '2024-06-10T13:50:58Z', elb_status_code: '502' };
    expect(line({ ...fields, target_status_code: '-' })).toMatchObject({ targetStatus: null, unanswered: true });
    expect(line({ ...fields, target_status_code: '' })).toMatchObject({ unanswered: true });
    expect(line({ ...fields, target_status_code: '502' })).toMatchObject({ targetStatus: 502, unanswered: false });
    expect(line(fields)).toMatchObject({ unanswered: false });
  });

  it('name addresses with a port or beside one, and none where there is none', () => {
    const fields = { time: '2024-06-10T13:50:58Z', status: '502' };
    expect(line({ ...fields, remote_addr: '::1', remote_port: '9' })?.client).toEqual({ address: '::1', port: 9 });
    expect(line({ ...fields, client: '10.0.0.1:9' })?.client).toEqual({ address: '10.0.0.1', port: 9 });
    expect(line({ ...fields, remote_addr: '10.0.0.1', remote_port: '0' })?.client).toEqual({
      address: '10.0.0.1',
      port: null,
    });
    expect(line({ ...fields, client: 'a name' })?.client).toBeNull();
  });

  it('are none without a time, or without an outcome', () => {
    expect(line({ status: '502' })).toBeNull();
    expect(line({ time: '2024-06-10T13:50:58Z', status: 'bad' })).toBeNull();
  });
});
