import { describe, expect, it } from 'vitest';
import { remediesOnPage } from '../../src/cli/rule-remedies.js';
import { RULES } from '../../src/rules/index.js';

describe('the remedies of a rule’s page', () => {
  it.each(RULES.map(({ meta }) => meta.id))(
    'of %s are paragraphs without marks, with the program’s apostrophe',
    (id) => {
      const remedies = remediesOnPage(id);
      expect(remedies.length).toBeGreaterThan(0);
      for (const paragraph of remedies) {
        expect(paragraph).not.toMatch(/^$|^- |\*\*|\s\s/);
        expect(paragraph.replace(/`[^`]*`/g, '')).not.toMatch(/\p{L}'\p{Ll}/u);
      }
    },
  );

  it('keep commands as they are to be typed', () => {
    const typed = remediesOnPage('rst-after-request')
      .join('\n')
      .match(/`[^`]*`/g);
    expect(typed).toContain('`iptables -S | grep REJECT`');
    expect(typed?.join('')).not.toContain('’');
  });

  it('are none where there is no page', () => {
    expect(remediesOnPage('no-such-rule')).toEqual([]);
  });
});
