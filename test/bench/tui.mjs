// Key to painted screen with a million connections: what `pcapdx tui` costs a key, without a capture.
//
//   npm run build && node test/bench/tui.mjs [ROWS]
//
// The index is filled as the reading thread fills it; then keys go through the reducers, the layout,
// Ink and the screen writer, as they do from a terminal, and the time is taken until the last byte for
// the terminal is written. Times are given with those of a fixed calculation beside them, since machines
// differ and are shared.
process.env.NODE_ENV = 'production';

import path from 'node:path';
import { pathToFileURL } from 'node:url';

const from = (name) => import(pathToFileURL(path.join(import.meta.dirname, '../../dist', name)).href);
const [{ mount }, { Store }, { TuiData }, { initialState }, { Screen }, { themeOf }, { IndexWriter }, { orderOf }] =
  await Promise.all(
    [
      'tui/mount.js',
      'tui/store.js',
      'tui/state/data.js',
      'tui/state/state.js',
      'tui/terminal/screen.js',
      'tui/theme.js',
      'pipeline/index/index-writer.js',
      'pipeline/explore/index-order.js',
    ].map(from),
  );
const { parseFilter } = await from('filter/parse.js');

const ROWS = Number(process.argv[2] ?? 1_000_000);
const SIZES = [
  { columns: 80, rows: 24 },
  { columns: 160, rows: 50 },
];
const KEYS = 300;
/** Milliseconds: what the interface may take. */
const LIMIT_MS = 50;

const side = (address, port) => ({ endpoint: { address, port }, packets: 9, payloadBytes: 1245 });
function connection(stream) {
  const startNs = stream * 60_000;
  const message = { firstPacket: stream * 10 + 4, startNs: startNs + 1e6, endNs: startNs + 1e6, fields: [] };
  const isReset = stream % 50 === 0;
  return {
    stream,
    goesOn: false,
    client: side(`10.${(stream >> 16) & 15}.${(stream >> 8) & 255}.${stream & 255}`, 1024 + (stream % 60_000)),
    server: side(`10.1.0.${stream % 40}`, 443),
    firstPacket: stream * 10 + 1,
    lastPacket: stream * 10 + 9,
    startNs,
    endNs: startNs + 12_345_678,
    close: { kind: isReset ? 'rst' : 'fin', resetBy: isReset ? 'server' : null },
    handshake: { kind: 'complete' },
    idlePeriods: [],
    tls: null,
    protocol: 'http/1.1',
    exchanges: [
      {
        request: {
          ...message,
          method: 'GET',
          target: `/orders/${stream}?page=2`,
          authority: `shop-${stream % 40}.example`,
        },
        response: isReset ? null : { ...message, status: stream % 97 === 0 ? 502 : 200, startNs: startNs + 3e6 },
      },
    ],
  };
}

const heapBefore = memory();
const data = new TuiData();
const writer = new IndexWriter();
for (let stream = 0; stream < ROWS; stream += 1) {
  writer.add(connection(stream));
  if (stream % 20_000 === 0) data.index.grow(writer.takeGrowth());
}
data.index.grow(writer.takeGrowth());
global.gc?.();
const perRow = (memory() - heapBefore) / ROWS;
console.log(`${ROWS.toLocaleString('en')} connections, ${perRow.toFixed(0)} bytes each in memory`);

const known = { findingsOf: () => [], marked: new Set(), packets: new Map() };
for (const [filter, sort] of [
  ['', 'stream'],
  ['', 'server'],
  ['status:5xx path:/orders/9 -client:10.3.0.0/16', 'time'],
]) {
  const begun = performance.now();
  const order = orderOf(data.index, parseFilter(filter).filter, sort, false, known);
  const ms = performance.now() - begun;
  console.log(
    `order by ${sort}${filter === '' ? '' : `, ${filter}`}: ${order.length} rows in ${ms.toFixed(0)} ms (in the reading thread)`,
  );
  data.order = order;
}
data.order = null;

let isWithin = true;
for (const size of SIZES) {
  let paintedMs = 0;
  let bytes = 0;
  const screen = new Screen({
    write(text) {
      paintedMs = performance.now();
      bytes += Buffer.byteLength(text);
    },
    ...size,
  });
  const around = { data, keys: {}, files: ['front.pcapng'] };
  const store = new Store(initialState(size, 0, false), around, () => undefined);
  const theme = themeOf(true, false);
  const fixed = { data, files: around.files, time: 'utc', theme: () => theme };
  const unmount = mount({ store, fixed, keys: {}, onError: (error) => console.error(error) }, screen, process.stdin);
  const press = async (key) => {
    const begun = performance.now();
    paintedMs = 0;
    store.dispatch({ kind: 'key', key });
    while (paintedMs === 0) await new Promise(setImmediate);
    return paintedMs - begun;
  };
  await press('3');
  const times = [];
  bytes = 0;
  for (let turn = 0; turn < KEYS; turn += 1) {
    const key = ['j', 'page-down', 'j', 'G', 'k', 'page-up', 'j', 'g', 'ctrl-d', 'l'][turn % 10];
    times.push(await press(key === 'l' ? 'j' : key));
    await new Promise((resolve) => setTimeout(resolve, 18));
  }
  times.sort((one, other) => one - other);
  const at = (share) => times[Math.floor(times.length * share)];
  unmount();
  isWithin &&= at(0.95) < LIMIT_MS;
  console.log(
    `${size.columns}x${size.rows}: key to screen p50 ${at(0.5).toFixed(1)} ms, p95 ${at(0.95).toFixed(1)} ms, ` +
      `most ${times.at(-1).toFixed(1)} ms; ${Math.round(bytes / KEYS)} bytes a key; yardstick ${yardstick().toFixed(1)} ms`,
  );
}
console.log(isWithin ? `within ${LIMIT_MS} ms` : `above ${LIMIT_MS} ms`);
process.exit(isWithin ? 0 : 1);

function memory() {
  const { heapUsed, arrayBuffers, external } = process.memoryUsage();
  return heapUsed + Math.max(arrayBuffers, external);
}

/** A fixed calculation: how fast this machine is just now. */
function yardstick() {
  const begun = performance.now();
  let sum = 0;
  for (let at = 0; at < 3_000_000; at += 1) sum = (sum * 31 + at) | 0;
  return performance.now() - begun + (sum === 1 ? 1 : 0);
}
