import { describe, expect, it } from 'vitest';
import type { Decryption } from '../../src/facts/tls.js';
import { FlowsTable } from '../../src/report/flows-table.js';
import { tlsFacts } from '../findings/connections.js';
import { connection, exchange, ORIGIN, PLAIN, request, response } from './analyses.js';

const quick = connection();
const reset = connection({
  stream: 1,
  startNs: 5_000_000,
  exchanges: [exchange(request('/a', 30), null)],
  close: { kind: 'rst', resetBy: 'server', segments: [], segmentCount: 1 },
});

describe('the table of flows', () => {
  it('tells of each connection what it asked, what came and how it ended', () => {
    const table = new FlowsTable({ ...PLAIN, width: 120 });
    expect(table.lines([table.row(quick, ORIGIN), table.row(reset, ORIGIN)])).toBe(`\
stream  start            time  client          server        protocol  req  status  bytes  close
     0  13:50:58.480Z  1.25 s  10.0.0.1:53554  10.0.1.49:80  http/1.1    1     200  22 kB  fin
     1  13:50:58.485Z  1.25 s  10.0.0.1:53554  10.0.1.49:80  http/1.1    1    none  22 kB  rst by server
`);
  });

  it('has a mark for a status that is not known', () => {
    const table = new FlowsTable({ ...PLAIN, width: 120 });
    expect(table.lines([table.row(connection({ exchanges: [exchange(null, response(0, 16))] }), ORIGIN)])).toMatch(
      / {6}\? /,
    );
  });

  it('does not count the requests of what was not decrypted', () => {
    const table = new FlowsTable({ ...PLAIN, width: 120 });
    const row = (decryption: Decryption) =>
      table.row(connection({ protocol: 'tls', tls: tlsFacts({ decryption }), exchanges: [] }), ORIGIN);
    expect(row('no-key')).toContain('?');
    expect(row('nothing-protected')).not.toContain('?');
  });

  it('leaves columns out, the least telling first, where the width does not hold them', () => {
    const table = new FlowsTable(PLAIN);
    const [heading] = table.lines([table.row(reset, ORIGIN)]).split('\n');
    expect(heading?.trim().split(/ +/)).toEqual(['stream', 'start', 'client', 'server', 'req', 'status', 'close']);
  });

  it('has its heading once, and moves a later row that is wider rather than cutting it', () => {
    const table = new FlowsTable(PLAIN);
    const first = table.lines([table.row(quick, ORIGIN)]);
    const address = '2001:db8:1234:5678:9abc:def0:1234:5678';
    const wide = connection({ server: { ...quick.server, endpoint: { address, port: 443 } } });
    const later = table.lines([table.row(wide, ORIGIN)]);
    expect(first).toContain('stream');
    expect(later).not.toContain('stream');
    expect(later).toContain(`[${address}]:443`);
  });

  it('is its heading alone where there is no connection', () => {
    const table = new FlowsTable(PLAIN);
    expect(table.lines([])).toMatch(/^stream .* close\n$/);
    expect(table.lines([])).toBe('');
  });
});
