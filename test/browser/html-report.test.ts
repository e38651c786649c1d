import { readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { MAX_ORDINARY, MAX_TELLING } from '../../src/facts/overview.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { htmlReport } from '../../src/report/html/page.js';
import { ladderOf } from '../../src/report/ladder/ladder.js';
import { scratchFolder } from '../capture/scratch-folder.js';
import { World } from '../cli/surroundings.js';
import { failedAnalysis, input, resetFinding } from '../report/analyses.js';
import { HOSTILE, hostileInput, overviewOf } from '../report/html/overviews.js';
import { conversation, segment } from '../report/ladder/details.js';
import { hasChromium, headless } from './browser.js';

const samples = path.resolve(import.meta.dirname, '../../samples');
const scratch = scratchFolder();
const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** The page of a sample, made as a user makes it. */
async function pageOf(sample: string): Promise<string> {
  const file = path.join(scratch.folder, `${sample}.html`);
  const world = new World();
  world.pipeline = analyze;
  expect(await run(['report', path.join(samples, sample), '-o', file, '--force', '-q'], world)).toBe(0);
  return `file://${file}`;
}

describe.skipIf(!hasChromium)('the page in a browser', () => {
  const open = headless();

  it('shows a conversation of some twenty packets to its end, where the failure is', async () => {
    const { page } = await open();
    await page.goto(await pageOf('keepalive-race-node-front.pcapng'));
    const whole = await page.evaluate("document.querySelector('[data-ladder]').scrollHeight");
    const seen = await page.evaluate("document.querySelector('[data-ladder]').clientHeight");
    expect(whole).toBeGreaterThan(620);
    expect(seen).toBe(whole);
  });

  it('says on the button itself that it copied, or what to do instead', async () => {
    const { page, complaints } = await open();
    await page.goto(await pageOf('rst-after-request.pcapng'));
    const button = `document.querySelector('[data-copy]')`;
    await page.evaluate(`${button}.click()`);
    const said = await page.evaluate(
      `new Promise((resolve) => { setTimeout(() => resolve(${button}.textContent), 500); })`,
    );
    expect(said).toMatch(/^(?:Copied|Selected: copy it with your own keys)$/);
    expect(await page.evaluate(`${button}.getAttribute('aria-label')`)).toBe('Copy what to change: host');
    expect(complaints).toEqual([]);
  });

  it.each(['light', 'dark'] as const)(
    'has nothing that keeps anybody out, in %s',
    async (colorScheme) => {
      for (const sample of ['keepalive-race-node.pcapng', 'rst-after-request.pcapng', 'healthy-browsing.pcapng']) {
        const { page, complaints } = await open({ colorScheme });
        await page.goto(await pageOf(sample));
        await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
        // By way of the debugger: the page's own policy lets no other script in.
        await page.evaluate(AXE);
        const violations = await page.evaluate(
          'axe.run().then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes[0].html))',
        );
        expect(violations).toEqual([]);
        expect(complaints).toEqual([]);
        await page.close();
      }
    },
    120_000,
  );

  it('fits a telephone, everything opened', async () => {
    const { page } = await open({ width: 380 });
    for (const sample of ['tls-offload.pcapng', 'proxy-pass.pcapng', 'keepalive-race-node-front.pcapng']) {
      await page.goto(await pageOf(sample));
      await page.evaluate('for (const details of document.querySelectorAll("details")) details.open = true');
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(380);
    }
    await page.close();
  }, 60_000);

  it('leaves nothing of a command off the paper', async () => {
    const { page } = await open({ width: 700 });
    await page.emulateMedia({ media: 'print' });
    await page.goto(await pageOf('rst-after-request.pcapng'));
    expect(
      await page.evaluate(
        '[...document.querySelectorAll("pre")].filter((pre) => pre.scrollWidth > pre.clientWidth).length',
      ),
    ).toBe(0);
    await page.close();
  }, 60_000);

  it('filters and sorts its connections, by mouse and by keyboard', async () => {
    const { page, complaints } = await open();
    await page.goto(await pageOf('rst-after-request.pcapng'));
    const count = page.locator('#connections-count');
    expect(await count.textContent()).toBe('83 of 83 connections');
    await page.fill('#filter', 'close:rst server:10.0.1.43 -close:client');
    expect(await page.locator('#connections-body tr').count()).toBe(17);
    await page.selectOption('#filter-finding', 'F2');
    expect(await count.textContent()).toMatch(/^0 of 83/);
    await page.fill('#filter', 'sever:10.0.1.43');
    expect(await count.textContent()).toMatch(/^no column sever: 0 of 83/);
    await page.fill('#filter', '');
    expect(await page.locator('#connections-body tr').count()).toBe(7);
    await page.selectOption('#filter-finding', '');
    await page.focus('[data-sort=bytes]');
    await page.keyboard.press('Enter');
    await page.keyboard.press('Enter');
    expect(await page.locator('th[aria-sort]').textContent()).toBe('bytes');
    expect(await page.locator('th[aria-sort]').getAttribute('aria-sort')).toBe('descending');
    const figures = await page.locator('#connections-body tr td:nth-child(10)').allTextContents();
    expect(figures[0]).not.toBe(figures.at(-1));
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);

  it("shows a packet's fields over its row, and gives the data away", async () => {
    const { page } = await open();
    await page.goto(await pageOf('rst-after-request.pcapng'));
    await page.locator('.ladder .row', { hasText: 'RST' }).first().hover();
    expect(await page.locator('#F1-fields').textContent()).toMatch(/TTL: 64[\s\S]*flags: RST/);
    const download = page.waitForEvent('download');
    await page.click('#save');
    const file = await (await download).path();
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject({ schemaVersion: 1, summary: { connections: 83 } });
    await page.close();
  }, 60_000);

  it('is inert whatever the packets say', async () => {
    const content = { kind: 'request', method: HOSTILE, target: HOSTILE, version: HOSTILE, h2Stream: null } as const;
    const detail = conversation([segment(1, 'client', { payloadLength: 9, contents: [content] })]);
    const ladder = ladderOf(detail, { reveal: true, serverName: HOSTILE, notes: new Map([[1, HOSTILE]]) });
    const html = htmlReport(hostileInput(), { ladders: new Map([['F1', ladder]]), overview: overviewOf(20, HOSTILE) });
    const { page, complaints } = await open();
    await page.goto(`file://${scratch.write('hostile.html', Buffer.from(html))}`);
    await page.fill('#filter', 'alert');
    await page.locator('.ladder .row').first().hover();
    expect(
      await page.evaluate('[document.images.length, window.hacked, document.querySelectorAll("script").length]'),
    ).toEqual([0, undefined, 3]);
    expect(await page.locator('h1').textContent()).toContain('<img src=x');
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);

  it('can be read where no script runs', async () => {
    const { page } = await open();
    const html = readFileSync(new URL(await pageOf('keepalive-race-node.pcapng')), 'utf8');
    const still = html.replace(/<script>[\s\S]*?<\/script>/, '');
    await page.goto(`file://${scratch.write('still.html', Buffer.from(still))}`);
    expect(await page.locator('#connections-body tr').count()).toBe(13);
    expect(await page.locator('#save').isVisible()).toBe(false);
    expect(await page.locator('article').count()).toBeGreaterThan(0);
    await page.close();
  }, 60_000);

  it('of a million connections stays below 5 MB and opens within two seconds', async () => {
    const server = failedAnalysis().servers[0];
    const servers = Array.from({ length: 20_000 }, (_, index) => ({
      ...server,
      address: `10.1.${index >> 8}.${index & 255}`,
    }));
    const findings = Array.from({ length: 600 }, (_, index) => resetFinding({ id: `F${index + 1}` }));
    const rows = segmentRows();
    const ladders = new Map(findings.slice(0, 25).map(({ id }) => [id, rows] as const));
    const analysis = failedAnalysis({
      connections: 1_000_000,
      findings,
      servers: servers as ReturnType<typeof failedAnalysis>['servers'],
    });
    const overview = {
      ...overviewOf(MAX_TELLING + MAX_ORDINARY, 'a-long-name.of-some.host.example'),
      leftOut: 995_000,
    };
    const file = scratch.write('million.html', Buffer.from(htmlReport(input(analysis), { ladders, overview })));
    expect(statSync(file).size).toBeLessThan(5_000_000);
    const { page, complaints } = await open();
    // The processor's time for it: others may want the machine at the same time.
    const devTools = await page.context().newCDPSession(page);
    await devTools.send('Performance.enable', { timeDomain: 'threadTicks' });
    await page.goto(`file://${file}`);
    const { metrics } = await devTools.send('Performance.getMetrics');
    expect(metrics.find(({ name }) => name === 'TaskDuration')?.value).toBeLessThan(2);
    await page.fill('#filter', 'status:502');
    expect(await page.locator('#connections-count').textContent()).toContain('995000 are not in this page');
    expect(complaints).toEqual([]);
    await page.close();
  }, 60_000);
});

/** A ladder as long as any in a page. */
function segmentRows() {
  const packets = Array.from({ length: 4000 }, (_, index) =>
    segment(index + 1, index % 2 === 0 ? 'client' : 'server', { payloadLength: 10, atNs: index * 1000 }),
  );
  return ladderOf(conversation(packets), { reveal: false });
}
