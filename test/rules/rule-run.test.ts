import { describe, expect, it, vi } from 'vitest';
import { rstAfterRequest } from '../../src/rules/rst-after-request.js';
import { defineRule, type Rule } from '../../src/rules/rule.js';
import { RuleRun } from '../../src/rules/rule-run.js';
import { connection, get, handshake, healthy, rstBy } from './facts.js';
import { CONCLUSION } from './test-rule.js';

/** Counts connections, and throws where it is told to. */
function counting(
  id: string,
  throwsIn: 'tally' | 'inspect' | 'merge' | 'conclude' | null = null,
): Rule<{ count: number }> {
  const perhaps = (place: string): void => {
    if (place === throwsIn) throw new Error(`broke in ${place}`);
  };
  return defineRule({
    meta: { ...rstAfterRequest.meta, id },
    tally() {
      perhaps('tally');
      return { count: 0 };
    },
    inspect(_, tally) {
      perhaps('inspect');
      tally.count += 1;
    },
    merge(into, from) {
      perhaps('merge');
      into.count += from.count;
    },
    conclude(tally) {
      perhaps('conclude');
      const [found] = run([rstAfterRequest], 1).conclude(CONCLUSION).findings;
      return found === undefined ? [] : [{ ...found, rule: id, occurrences: tally.count }];
    },
  });
}

const failing = connection([...handshake(), get(1133), rstBy('server', 1300)]);

/** Answered, and no message of it out of the ordinary. */
const everyday = { ...healthy(), signs: 0 };

function run(rules: readonly Rule<unknown>[], connections: number): RuleRun {
  const made = new RuleRun(rules);
  made.inspect(new Array(connections).fill(failing));
  return made;
}

describe('a run of rules', () => {
  it('concludes in the order of the rules', () => {
    const { findings, failures } = run([counting('one'), counting('two')], 3).conclude(CONCLUSION);
    expect(findings.map(({ rule, occurrences }) => [rule, occurrences])).toEqual([
      ['one', 3],
      ['two', 3],
    ]);
    expect(failures).toEqual([]);
  });

  for (const place of ['tally', 'inspect', 'merge', 'conclude'] as const)
    it(`names a rule that throws in ${place}, once, and lets the others conclude`, () => {
      const rules = [counting('before'), counting('broken', place), counting('after')];
      const whole = run(rules, 2);
      whole.merge(run(rules, 2).seen);
      const { findings, failures } = whole.conclude(CONCLUSION);
      expect(findings.map(({ rule, occurrences }) => [rule, occurrences])).toEqual([
        ['before', 4],
        ['after', 4],
      ]);
      expect(failures).toEqual([{ rule: 'broken', message: `broke in ${place}` }]);
    });

  it('shows an everyday connection to rules that ask for it, and to no others', () => {
    const made = new RuleRun([counting('one'), { ...counting('all'), seesEveryday: true }]);
    made.inspect([failing, everyday, everyday]);
    expect(made.seen.tallies).toEqual([
      { rule: 'one', tally: { count: 1 } },
      { rule: 'all', tally: { count: 3 } },
    ]);
  });

  it('shows a rule that threw at an everyday connection nothing more', () => {
    const inspect = vi.fn(() => {
      throw new Error('broke in inspect');
    });
    const made = new RuleRun([{ ...counting('broken'), inspect, seesEveryday: true }, counting('other')]);
    made.inspect([everyday, failing, everyday]);
    expect(inspect).toHaveBeenCalledTimes(1);
    expect(made.seen.tallies).toEqual([{ rule: 'other', tally: { count: 1 } }]);
    expect(made.seen.failures).toEqual([{ rule: 'broken', message: 'broke in inspect' }]);
  });

  it('takes over the failures of the part that it merges', () => {
    const whole = run([counting('rule')], 1);
    whole.merge(run([counting('rule', 'inspect')], 1).seen);
    expect(whole.conclude(CONCLUSION)).toEqual({
      findings: [],
      failures: [{ rule: 'rule', message: 'broke in inspect' }],
    });
  });

  it('runs all rules when none are named', () => {
    const made = new RuleRun();
    made.inspect([failing, healthy({ stream: 1, firstPacket: 20 })]);
    expect(made.conclude(CONCLUSION).findings.map(({ rule }) => rule)).toEqual(['rst-after-request']);
  });
});
