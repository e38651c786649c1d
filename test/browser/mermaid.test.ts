import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../src/cli/main.js';
import { analyze } from '../../src/pipeline/analyze.js';
import { ladderOf } from '../../src/report/ladder/ladder.js';
import { ladderMermaid } from '../../src/report/ladder/mermaid.js';
import { World } from '../cli/surroundings.js';
import { HOSTILE } from '../report/html/overviews.js';
import { conversation, segment } from '../report/ladder/details.js';
import { hasChromium, headless } from './browser.js';

const samples = path.resolve(import.meta.dirname, '../../samples');
const captures = readdirSync(samples).filter((name) => /\.pcap(ng)?$/.test(name) && !name.includes('healthy'));
const MERMAID = readFileSync(createRequire(import.meta.url).resolve('mermaid/dist/mermaid.min.js'), 'utf8');

/** What tries to end a statement, a label, a diagram. */
const HOSTILE_LINES = [
  HOSTILE,
  'a;b#c%%{init:{"theme":"x"}}%%',
  'end\nparticipant X',
  '```\n# out of it',
  '-->>B: x',
  '#35;',
  'Note over A,B: x',
  '\\ $$x^2$$ @{ "type": "database" }',
];

describe.skipIf(!hasChromium)("a diagram in Mermaid's own parser", () => {
  const open = headless();

  it('is one: of every finding of every sample, and of hostile text', async () => {
    const diagrams: string[] = [];
    for (const name of captures) {
      const world = new World();
      world.pipeline = analyze;
      expect(await run(['report', path.join(samples, name), '--format', 'markdown'], world)).toBe(0);
      diagrams.push(
        ...[...world.stdout.text.matchAll(/^```mermaid\n([\s\S]*?)^```$/gm)].map(([, diagram = '']) => diagram),
      );
    }
    expect(diagrams.length).toBeGreaterThan(30);
    for (const line of HOSTILE_LINES) {
      const content = { kind: 'request', method: line, target: line, version: line, h2Stream: null } as const;
      const detail = conversation([segment(1, 'client', { payloadLength: 9, contents: [content] })]);
      diagrams.push(ladderMermaid(ladderOf(detail, { reveal: true, serverName: line, notes: new Map([[1, line]]) })));
    }
    const { page } = await open();
    await page.goto('about:blank');
    await page.addScriptTag({ content: MERMAID });
    for (const diagram of diagrams) {
      const told = await page.evaluate(
        `mermaid.parse(${JSON.stringify(diagram)}).then(({ diagramType }) => diagramType, (error) => error.message)`,
      );
      expect([told, diagram]).toEqual(['sequence', diagram]);
    }
    // What is drawn is the text, not what was made of it to get it through.
    const [hostile = ''] = diagrams.slice(-HOSTILE_LINES.length + 1);
    const svg = await page.evaluate(
      `mermaid.initialize({ startOnLoad: false }); mermaid.render('x', ${JSON.stringify(hostile)}).then(({ svg }) => { document.body.innerHTML = svg; return document.body.textContent; })`,
    );
    expect(svg).toContain('a;b#c%%{init:{"theme":"x"}}%%');
  }, 180_000);
});
