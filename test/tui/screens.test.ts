/** Every screen over real captures, in terminals of several sizes: what is on it, and that it fits. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { cellsOf } from '../../src/text/width.js';
import { topOf } from '../../src/tui/state/state.js';
import { themeOf } from '../../src/tui/theme.js';
import { Driver } from './driver.js';

const SAMPLES = fileURLToPath(new URL('../../samples/', import.meta.url));
const RESETS = `${SAMPLES}rst-after-request.pcapng`;
const folder = mkdtempSync(path.join(tmpdir(), 'pcapdx-screens-'));
let driver: Driver | null = null;

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(() => {
  driver?.close();
  driver = null;
});

async function opened(columns: number, rows: number, file = RESETS, theme = themeOf(true, false)): Promise<Driver> {
  driver = new Driver({ columns, rows }, [file], theme);
  return driver.settled();
}

const SIZES = [
  [60, 16],
  [80, 24],
  [120, 40],
  [200, 60],
] as const;
/** Keys that lead from screen to screen, through all of them. */
const TOUR = [
  '2',
  '3',
  'enter',
  'f',
  'w',
  'w',
  'escape',
  'escape',
  '4',
  '1',
  'enter',
  'enter',
  'a',
  'h',
  't',
  'enter',
  'l',
  'tab',
  '?',
  'escape',
  'y',
  'escape',
  'e',
  'escape',
  'escape',
  'escape',
  'escape',
];

describe.each([
  'rst-after-request.pcapng',
  'h2-goaway-race-nginx.pcapng',
  'websocket-h2.pcapng',
  'tls-handshake-client-certificate-no-keys.pcap',
  'asymmetric-path-one-side.pcap',
])('every screen of %s', (sample) => {
  it.each(SIZES)('fits into %i×%i and holds nothing that a terminal acts on', async (columns, rows) => {
    const tour = await opened(columns, rows, SAMPLES + sample);
    for (const key of ['', ...TOUR]) {
      if (key !== '') await tour.press(key);
      // A digit that nothing follows is the key of a view.
      tour.say({ kind: 'paused' });
      for (const line of tour.sent) {
        const attributes = line.replaceAll('\x1b', 'ESC').replace(/ESC\[[0-9;]*m/g, '');
        expect(attributes, `after ${key}`).not.toMatch(/ESC|\p{Cc}/u);
        expect(cellsOf(attributes), `after ${key}: ${attributes}`).toBeLessThanOrEqual(columns);
      }
      expect(tour.lines[0], `after ${key}`).toContain('pcapdx');
      expect(tour.lines.length).toBe(rows);
    }
    expect(topOf(tour.state).place).toBe('overview');
  });
});

describe('the overview', () => {
  it('says first what failed, how often, and how sure', async () => {
    const { text } = await opened(100, 30);
    expect(text).toMatch(/✖ \d critical +▲ \d warnings? +● \d notice/);
    expect(text).toMatch(/▸✖ F1 10\.0\.1\.43:80 \(serv1\.example\) loses requests/);
    expect(text).toContain('17 times');
    expect(text).toContain('. Likely cause: A security agent, packet filter or IPS wrote the RST');
    expect(text).toMatch(/failed .* 26 \(5xx, cut or unanswered\)/);
  });

  it('leaves the cause in words where a narrow terminal has no room for the time', async () => {
    const { text } = await opened(80, 24);
    expect(text).toMatch(/ 17 times, certain\. Likely cause: A security agent, packet filter or IPS/);
  });

  it('of a healthy capture says what was checked', async () => {
    const { text } = await opened(100, 30, `${SAMPLES}healthy-closing.pcapng`);
    expect(text).toContain('Nothing found.');
    expect(text).toMatch(/Checked by \d+ rules: \d+ connections/);
  });
});

describe('the last line', () => {
  it.each(SIZES)('names the way back and the help on every screen at %i×%i', async (columns, rows) => {
    const at = await opened(columns, rows);
    for (const key of ['enter', 'enter', 'enter', 'f']) {
      await at.press(key);
      expect(at.lines.at(-1), key).toMatch(/Esc back .*\? help/);
    }
    await at.press('escape', 'escape', 'escape', 'escape', '3');
    expect(at.lines.at(-1)).toMatch(/\? help .*q quit/);
  });
});

describe('in ASCII', () => {
  it('nothing else is drawn on any screen, menus and help included', async () => {
    const at = await opened(80, 24, RESETS, themeOf(false, true));
    for (const key of TOUR) {
      await at.press(key);
      at.say({ kind: 'paused' });
      expect(at.text, `after ${key}`).toMatch(/^[ -~\n]*$/);
    }
  });
});

describe('a wide terminal', () => {
  it('has what an occurrence shows in full', async () => {
    const at = await opened(200, 60);
    await at.press('enter');
    expect(at.text).toMatch(
      /1 of 17 .*#231 RST from the client 30 µs after the server’s; stale by 400 bytes; TTL 64, others 63/,
    );
  });
});

describe('the packets of several captures', () => {
  it('are told with the capture that they stand in, where Wireshark finds their numbers', async () => {
    driver = new Driver({ columns: 80, rows: 24 }, [`${SAMPLES}proxy-pass.pcapng`, RESETS]);
    const at = await driver.settled();
    await at.press('enter', 'enter');
    expect(at.text).toMatch(/#231 of rst-after-request\.pcapng +RST/);
    await at.press('enter');
    expect(at.lines[1]).toMatch(/rst-after-request\.pcapng +frame\.number == 231/);
  });
});

describe('where one stood', () => {
  it('is kept, on the way back and between views', async () => {
    const at = await opened(100, 30);
    await at.press('j', 'enter', 'j', 'enter', 'escape');
    expect(topOf(at.state)).toMatchObject({ place: 'finding', list: { cursor: 1 } });
    await at.press('escape');
    expect(topOf(at.state)).toMatchObject({ place: 'overview', list: { cursor: 1 } });
    await at.press('3', 'G', '4', '3');
    expect(topOf(at.state)).toMatchObject({ place: 'connections', list: { cursor: 82 } });
  });

  it('goes from occurrence to occurrence, the list behind along with it', async () => {
    const at = await opened(100, 30);
    await at.press('enter', 'enter', ']', ']');
    expect(at.text).toContain('3 of 17');
    await at.press('[', 'escape');
    expect(topOf(at.state)).toMatchObject({ place: 'finding', list: { cursor: 1 } });
  });
});

describe('a number before G', () => {
  it('is no number where rows have none: there each digit is the key of a view', async () => {
    const at = await opened(100, 30);
    await at.press('2', '3');
    expect(topOf(at.state).place).toBe('connections');
    await at.press('2', '4', 'G');
    expect(topOf(at.state)).toMatchObject({ place: 'connections', list: { cursor: 24 } });
  });

  it('goes to that stream of the list, or that packet of the ladder', async () => {
    const at = await opened(100, 30);
    await at.press('3');
    at.say({ kind: 'paused' });
    await at.press('2', '4', 'G');
    expect(topOf(at.state)).toMatchObject({ place: 'connections', list: { cursor: 24 } });
    await at.press('enter', '2', '2', '9', 'G');
    expect(at.text).toMatch(/▸ +#229 /);
    await at.press('escape', '9', '9', 'G');
    expect(at.text).toContain('no stream 99 in this list');
    // A single digit from 1 to 4 is the key of a view.
    await at.press('0', '4', 'G');
    expect(topOf(at.state)).toMatchObject({ place: 'connections', list: { cursor: 4 } });
    await at.press('0', 'G');
    expect(topOf(at.state)).toMatchObject({ place: 'connections', list: { cursor: 0 } });
  });
});

describe('a ladder', () => {
  it('opens at the packet that matters', async () => {
    const at = await opened(100, 30);
    await at.press('enter', 'enter');
    expect(at.text).toMatch(/▸ +#231 .*RST/);
    expect(at.text).toContain('RST from the client 30 µs after the server’s');
    await at.press('enter');
    expect(at.text).toContain('frame.number == 231');
    expect(at.text).toMatch(/0000 {2}02 00 0a 00 01 2b/);
  });

  it('has a third lifeline where both legs of a proxy are captured, until one is asked for', async () => {
    const at = await opened(120, 40, `${SAMPLES}connect-refused-nginx.pcapng`);
    await at.press('3', 'enter');
    expect(at.text).toMatch(/client +proxy +server/);
    const other = at.lines.find((line) => /│ +│── SYN/.test(line)) ?? '';
    expect(other).toMatch(/#18 /);
    await at.press('j', 'j', 'j', 'enter');
    expect(at.text).toMatch(/frame\.number == 18/);
    await at.press('escape', 'l');
    expect(at.text).toMatch(/client +server/);
    expect(at.text).not.toContain('proxy');
  });

  it('shows all packets, and no acknowledgements among them', async () => {
    const at = await opened(100, 50, `${SAMPLES}keepalive-race-node.pcapng`);
    await at.press('3', 'enter');
    const folded = at.lines.filter((line) => / #\d+ /.test(line)).length;
    await at.press('a');
    const all = at.lines.filter((line) => / #\d+ /.test(line)).length;
    await at.press('h');
    const some = at.lines.filter((line) => / #\d+ /.test(line)).length;
    expect([folded < all, some < all, some >= folded]).toEqual([true, true, true]);
  });

  it('is searched', async () => {
    const at = await opened(100, 30);
    await at.press('enter', 'enter', '/', 'G', 'E', 'T', 'enter');
    expect(at.text).toContain('GET: 1 match');
  });
});

describe('a packet', () => {
  it('hides what may be secret until it is asked for', async () => {
    const at = await opened(120, 40);
    await at.press('enter', 'enter', 'k', 'k', 'enter', 'G');
    expect(at.text).toContain('frame.number == 229');
    expect(at.text).not.toContain('s55433');
    await at.press('w');
    expect(at.text).toContain('SECRETS SHOWN');
    expect(at.text).toContain('session=s55433');
    await at.press('w');
    expect(at.text).not.toContain('s55433');
  });

  it('goes to the next one of its connection', async () => {
    const at = await opened(100, 30);
    await at.press('enter', 'enter', 'k', 'enter', 'n');
    expect(at.text).toContain('frame.number == 231');
    await at.press('p', 'p');
    expect(at.text).toContain('frame.number == 229');
  });
});

describe('the overview of what is out of the ordinary', () => {
  it('of one finding goes on with its grounds, however long its title', async () => {
    const at = await opened(80, 24, `${SAMPLES}keepalive-race-node.pcapng`);
    expect(at.lines[5]).toMatch(/^▸✖ F1 .*…$/);
    expect(at.lines.slice(8, 10).join('')).toMatch(/closes idle connections while requests are on +their way/);
    expect(at.lines[10]).toMatch(/^ 10\.0\.1\.43:8080 closes connections that were idle/);
    // A heading stands with what it heads, or not at all.
    expect(at.text.trimEnd()).not.toMatch(/ Causes considered\n *\n/);
  });

  it('of several shows those of the one in hand, where the list leaves room', async () => {
    const at = await opened(100, 30);
    expect(at.text).toMatch(/── F1 ─+\n 10\.0\.1\.43:80 .*\n|── F1 ─+\n In 17 of 55 connections/);
    await at.press('j');
    expect(at.text).toMatch(/── F2 ─+\n 10\.0\.1\.44:8080 ended 7 connections/);
  });

  it('has the title of the one in hand whole, where there is room for no more', async () => {
    const at = await opened(80, 24);
    expect(at.lines[5]).toMatch(/^▸✖ F1 .*…$/);
    expect(at.lines.slice(17, 19).join('')).toMatch(
      /^ 10\.0\.1\.43:80 .* loses requests to forged resets, before any answer/,
    );
    expect(at.text).toMatch(/ requests .*\n failed /);
  });

  it('says in what a capture could not be read, whatever was found in it', async () => {
    const file = path.join(folder, 'damaged.pcapng');
    const bytes = readFileSync(RESETS);
    let at = 0;
    while (at < bytes.length / 2) at += bytes.readUInt32LE(at + 4);
    bytes.writeUInt32LE(7, at + 4);
    writeFileSync(file, bytes);
    const shown = await opened(80, 24, file);
    expect(shown.text).toMatch(/F1 10\.0\.1\.43:80/);
    expect(shown.text).toMatch(/ Not read: .*damaged\.pcapng.* c why/);
  });

  it('of a capture without a connection says how to take one', async () => {
    const file = path.join(folder, 'empty.pcap');
    writeFileSync(file, Buffer.from('d4c3b2a1020004000000000000000000ffff000001000000', 'hex'));
    const shown = await opened(80, 24, file);
    expect(shown.text).toContain('There is no TCP connection in it');
    expect(shown.text).toContain("capture with tcpdump -s0 -w FILE 'tcp port 80'");
  });

  it('says which finding another follows from', async () => {
    const shown = await opened(100, 30, `${SAMPLES}rst-after-request.pcapng`);
    const followers = shown.data.findings.filter(({ consequenceOf }) => consequenceOf !== undefined);
    for (const { consequenceOf } of followers) expect(shown.text).toContain(`follows from ${consequenceOf}`);
    expect(followers.length).toBeGreaterThan(0);
  });
});

describe('the table of findings', () => {
  it('has no more room for rules than the longest has, and says when each was seen first and last', async () => {
    const at = await opened(120, 30);
    await at.press('2');
    at.say({ kind: 'paused' });
    expect(at.text).toMatch(/severity↓ +id +rule +server +times +share +first +last +confidence/);
    expect(at.text).toMatch(/F1 +rst-after-request +10\.0\.1\.43:80 serv1\.example +17 +20 % +\S+Z +\S+Z +certain/);
  });
});

describe('occurrences in several captures', () => {
  it('name the capture without its folder', async () => {
    driver = new Driver({ columns: 120, rows: 40 }, [
      `${SAMPLES}keepalive-race-node.pcapng`,
      `${SAMPLES}keepalive-race-node-healthy.pcapng`,
    ]);
    await driver.press('enter');
    expect(driver.text).toMatch(/1 of 6 .* keepalive-race-node\.pcapng #49 /);
    expect(driver.text).not.toContain('/keepalive-race-node.pcapng');
  });
});

describe('a filter', () => {
  it('chooses connections while it is typed; Esc brings back what was before', async () => {
    const at = await opened(120, 30);
    await at.press('3', '/');
    await at.paste('reset:server server:10.0.1.43');
    expect(at.text).toMatch(/(\d+) of 83/);
    const found = at.data.connectionCount;
    expect(found).toBeGreaterThan(10);
    await at.paste(' bogus:1');
    expect(at.text).toContain('no field "bogus"');
    expect(at.data.connectionCount).toBe(found);
    await at.press('escape');
    expect(at.data.connectionCount).toBe(83);
  });

  it('takes letters of Korean input for the keys they are on, in lists alone', async () => {
    const at = await opened(120, 30);
    await at.press('3', 'ㅓ', 'ㅓ', 'ㅏ');
    expect(topOf(at.state)).toMatchObject({ list: { cursor: 1 } });
    await at.press('/', 'ㅓ');
    expect(at.state.prompt?.line.text).toBe('ㅓ');
  });

  it('of servers opens their connections, the longest pauses first', async () => {
    const at = await opened(120, 30);
    await at.press('4', 'enter');
    expect(topOf(at.state)).toMatchObject({ place: 'connections', sort: 'idle', isReversed: true });
    expect(at.text).toMatch(/filter server:10\.0\.1\.4\d:\d+/);
  });
});

describe('the table of servers', () => {
  it.each([60, 80, 120])('has names and whole figures at %i columns', async (columns) => {
    const at = await opened(columns, 24);
    await at.press('4');
    expect(at.text).toMatch(/10\.0\.1\.43:80 .* serv1\.ex(ample|…) /);
    const table = at.text.split('\n').filter((line) => /^[▸ ] 10\.0\.1\./.test(line));
    expect(table.length).toBeGreaterThan(1);
    for (const row of table) expect(row.slice(columns > 60 ? 30 : 24)).not.toContain('…');
  });

  it('has what its rows are in order of, also where that would have gone', async () => {
    const at = await opened(60, 24);
    await at.press('4');
    expect(at.text).not.toContain('first byte↓');
    await at.press(...Array.from({ length: 7 }, () => 's'));
    expect(at.text).toContain('first byte↓');
  });
});

describe('the order of rows', () => {
  const titles = (at: Driver) =>
    at.text.split('\n').find((line) => /stream .*server|severity|reqs .*idle/.test(line)) ?? '';

  it('is told beside the title of its column, with the way it goes, also where the title fills the column', async () => {
    const at = await opened(80, 24);
    await at.press('3');
    expect(titles(at)).toMatch(/^ ↑stream {2}start {10}server/);
    await at.press('S');
    expect(titles(at)).toMatch(/^ ↓stream {2}start {10}server/);
    await at.press('s');
    expect(titles(at)).toMatch(/^ {2}stream {2}start↓ {9}server/);
    await at.press('2');
    expect(titles(at)).toMatch(/severity↓/);
    await at.press('escape', '4', 's', 's', 's');
    expect(titles(at)).toMatch(/ ↓reqs /);
  });

  it('is told in ASCII where that is asked for', async () => {
    const at = await opened(80, 24, RESETS, themeOf(true, true));
    await at.press('3', 'S');
    expect(titles(at)).toMatch(/^ vstream/);
  });
});

describe('the help', () => {
  it('shows the keys that are looked for, under the headings that have some', async () => {
    const at = await opened(100, 30);
    await at.press('?', ...'suspend');
    expect(at.text).toMatch(/Ctrl-Z +suspend/i);
    await at.press(...'xyz');
    expect(at.text).toContain('no key does that');
    expect(at.text).not.toMatch(/On this screen|On other screens/);
  });

  it('finds a key by its word in the footer, and says on which screen it is', async () => {
    const at = await opened(100, 30);
    await at.press('?');
    expect(at.text).toMatch(/\d+ more lines below/);
    await at.press(...'export');
    expect(at.text).toMatch(/^ e +write a report/m);
    expect(at.text).toMatch(/^ Space +findings, connections: mark the row/m);
  });
});

describe('what is longer than a line', () => {
  it('of the help goes on below', async () => {
    const at = await opened(60, 40);
    await at.press('?', ...'time');
    const help = at.text.slice(at.text.indexOf('Keys')).replaceAll(/\s+/g, ' ');
    expect(help).not.toContain('…');
    expect(help).toContain('since the packet before, or of the day');
  });

  it('of why a capture was not read goes on below', async () => {
    const file = path.join(folder, 'no-capture-at-all-in-here.pcap');
    writeFileSync(file, 'something else altogether, and long enough to be looked at\n'.repeat(20));
    const at = await opened(60, 24, file);
    const [error] = at.data.errors;
    expect(at.text.replaceAll(/\s+/g, '')).toContain((error?.message ?? 'none').replaceAll(/\s+/g, ''));
  });

  it('of a packet’s details has more room where the terminal is wide', async () => {
    const at = await opened(220, 40);
    await at.press('enter', 'enter');
    const [row = ''] = at.text.split('\n').filter((each) => each.includes('│ ▸ '));
    expect(row.split('│ ▸ ')[1]?.length).toBeGreaterThan(40);
  });
});

describe('the last line below a menu', () => {
  it('tells the keys of what is open', async () => {
    const at = await opened(80, 24);
    await at.press('?');
    expect(at.lines.at(-1)).toBe(' a word or key find  ↑ ↓ PgUp PgDn scroll  Esc close');
    await at.press('escape', 'e');
    expect(at.lines.at(-1)).toBe(' ⏎ or the letter choose  ↑ ↓ move  Esc close');
    await at.press('escape');
    expect(at.lines.at(-1)).toContain('q quit');
  });
});

describe('a menu', () => {
  it.each([['1'], ['1', 'enter'], ['1', 'enter', 'enter'], ['1', 'enter', 'enter', 'enter']])(
    'after %j has letters of its own for each entry, none of which move',
    async (...keys) => {
      const at = await opened(100, 30);
      await at.press(...keys);
      for (const menu of ['y', 'e']) {
        await at.press(menu);
        const letters = at.state.menu?.entries.map(({ key }) => key) ?? [];
        expect(letters.length).toBeGreaterThan(1);
        expect(new Set(letters).size).toBe(letters.length);
        expect(letters).not.toContain('j');
        expect(letters).not.toContain('k');
        await at.press('escape');
      }
    },
  );
});

describe('what keys lead to', () => {
  it('copies bytes that were shown on asking without what is hidden, unless it was asked for at the start', async () => {
    const at = await opened(120, 30);
    await at.press('enter', 'enter', 'k', 'k', 'enter', 'G');
    const hex = () => {
      const deed = at.state.menu?.entries.find(({ label }) => label.startsWith('bytes as hex'))?.deed;
      return deed?.kind === 'copy' ? deed.text : null;
    };
    expect(at.text).toMatch(/·· ·· ··/);
    await at.press('y');
    const hidden = hex();
    await at.press('escape', 'w', 'y');
    expect(hidden).toMatch(/^[0-9a-f]+$/);
    expect(hex()).toBe(hidden);
  });

  it('copies what finds the evidence elsewhere', async () => {
    const at = await opened(120, 30);
    await at.press('enter', 'y', 'f');
    expect(at.effects.at(-1)).toEqual({ kind: 'copy', what: 'display filter', text: 'tcp.stream eq 24' });
    await at.press('y', 'enter');
    expect(at.effects.at(-1)).toMatchObject({ kind: 'copy', text: 'tcp.stream eq 24' });
    await at.press('enter', 'k', 'k', 'y');
    const curl = at.state.menu?.entries.find(({ label }) => label.startsWith('request as curl'));
    await at.press(curl?.key ?? '');
    const copied = at.effects.at(-1);
    expect(copied).toMatchObject({ kind: 'copy', what: 'request' });
    expect(copied?.kind === 'copy' && copied.text).toMatch(
      /^curl -v .* --connect-to ::10\.0\.1\.43:80 http:\/\/serv1\.example\/$/,
    );
    expect(copied?.kind === 'copy' && copied.text).not.toMatch(/s55433|[Cc]ookie/);
  });

  it('asks for the name of a file, and once more before one is overwritten', async () => {
    const at = await opened(120, 30);
    await at.press('e', 'm');
    expect(at.state.prompt?.line.text).toBe('rst-after-request-F1.md');
    await at.press('enter');
    expect(at.effects.at(-1)).toMatchObject({ kind: 'export', file: 'rst-after-request-F1.md', isOverwriting: false });
    at.say({ kind: 'exists', file: 'rst-after-request-F1.md' });
    await at.press('enter');
    expect(at.effects.at(-1)).toMatchObject({ kind: 'export', isOverwriting: true });
    at.say({ kind: 'written' });
    expect(at.state.prompt).toBeNull();
  });

  it('exports what is marked', async () => {
    const at = await opened(120, 30);
    await at.press('3', 'space', 'space', 'e', '2', 'enter');
    expect(at.effects.at(-1)).toMatchObject({
      kind: 'export',
      choice: { format: 'pcapng', scope: 'marked' },
      streams: [0, 1],
    });
  });

  it.each([
    ['q', ['quit']],
    ['Q', ['quit']],
    ['ctrl-c', ['quit']],
    ['ctrl-z', ['suspend']],
    ['ctrl-l', ['repaint']],
    ['x', ['explain']],
    ['c', ['unseen']],
  ])('%s', async (key, kinds) => {
    const at = await opened(80, 24);
    await at.press(key);
    expect(at.effects.map(({ kind }) => kind)).toEqual(kinds);
  });

  it('q goes back before it quits', async () => {
    const at = await opened(80, 24);
    await at.press('enter', 'q');
    expect(topOf(at.state).place).toBe('overview');
    expect(at.effects).toEqual([]);
  });
});

describe('without colour', () => {
  it('what is chosen is still told', async () => {
    const at = await opened(80, 24, RESETS, themeOf(false, true));
    const chosen = at.sent.find((line) => line.includes('F1 ')) ?? '';
    expect(chosen.replaceAll('\x1b', 'ESC')).toContain('ESC[7m>X F1');
    expect(at.sent.join('').replaceAll('\x1b', 'ESC')).not.toMatch(/ESC\[[0-9;]*3\d/);
    expect(at.text).toMatch(/^[ -~\n]*$/);
  });
});

describe('the name that an export is offered', () => {
  it('is that of the capture, and says when it is of several', async () => {
    const one = await (await opened(120, 40)).press('e', 'T');
    expect(one.text).toMatch(/write to \S+-report\.txt/);
    expect(one.text).not.toContain('-more-report');
    driver?.close();
    driver = new Driver({ columns: 120, rows: 40 }, [RESETS, 'samples/healthy-loss.pcapng']);
    const both = await driver.press('e', 'T');
    expect(both.text).toMatch(/write to \S+-and-1-more-report\.txt/);
  });
});

describe('a terminal that is too small', () => {
  it('says what is needed', async () => {
    driver = new Driver({ columns: 50, rows: 10 }, [RESETS]);
    await driver.settled();
    expect(driver.lines[0]).toBe('pcapdx needs 60x12, this is 50x10; q quits');
  });

  it('says it whole, also where one line has no room for it', async () => {
    driver = new Driver({ columns: 30, rows: 10 }, [RESETS]);
    await driver.settled();
    expect(driver.lines.slice(0, 2).join(' ').trim()).toBe('pcapdx needs 60x12, this is 30x10; q quits');
  });
});
