import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { modelOf } from '../../src/cli/command-model.js';
import { manualPage } from '../../src/cli/manual.js';
import { buildProgram } from '../../src/cli/program.js';
import { World } from './surroundings.js';

const program = modelOf(buildProgram(new World(), () => undefined));
const page = manualPage(program, '1.2.3', [["pcapdx 'a\\b'.pcap", '.dots and -hyphens']]);
const hasGroff = spawnSync('groff', ['--version']).status === 0;

describe('the manual page', () => {
  it('has every command and flag, and how each is called', () => {
    const plain = page
      .replaceAll(/\\f[BIR]/g, '')
      .replaceAll('\\-', '-')
      .replaceAll('\\(cq', '’');
    expect(plain).toContain('.TH PCAPDX 1 "" "pcapdx 1.2.3"');
    for (const { name, flags, description } of program.commands) {
      expect(plain).toMatch(new RegExp(`^\\.SS ${name}\\b`, 'm'));
      expect(plain).toContain(description);
      for (const { long, value } of flags) expect(plain).toContain(value === null ? long : `${long} ${value}`);
    }
  });

  it('takes nothing of a text for a request of roff', () => {
    expect(page).toContain("\\fBpcapdx 'a\\eb'.pcap\\fR\n\\&.dots and \\-hyphens");
    for (const line of page.split('\n').filter((each) => each.startsWith('.')))
      expect(line).toMatch(/^\.(?:TH|SH|SS|TP|PP|RS|RE|br)\b/);
  });

  it.skipIf(!hasGroff)('is set by groff without a warning', () => {
    const set = spawnSync('groff', ['-man', '-Tascii', '-P-cbou', '-ww'], { input: page, encoding: 'utf8' });
    expect(set).toMatchObject({ status: 0, stderr: '' });
    expect(set.stdout).toContain('pcapdx compare <BEFORE> <AFTER> [flags]');
  });
});
