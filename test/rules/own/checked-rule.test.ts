import { describe, expect, it } from 'vitest';
import { RuleFileError, rulesOfModule } from '../../../src/rules/own/checked-rule.js';
import { RuleRun } from '../../../src/rules/rule-run.js';
import { resetFinding } from '../../report/analyses.js';
import { connection, get, healthy } from '../facts.js';
import { CONCLUSION } from '../test-rule.js';

const META = { id: 'mine', severity: 'notice', title: 'Mine' };
const QUIET = { tally: () => ({ seen: 0 }), inspect() {}, merge() {}, conclude: (): unknown => [] };
const sound = { ...resetFinding(), rule: 'mine', hypotheses: [] };

/** What a run says of a rule whose `conclude` gives this. */
function concluding(concluded: unknown) {
  const run = new RuleRun(rulesOfModule({ ...QUIET, meta: META, conclude: () => concluded }, []));
  return run.conclude(CONCLUSION);
}

describe('a rule from outside', () => {
  it('has empty lists for what its meta leaves out', () => {
    const [rule] = rulesOfModule({ ...QUIET, meta: META }, []);
    expect(rule?.meta).toEqual({
      ...META,
      ...{ feels: '', shows: '', needs: [], hypotheses: {}, lookAlikes: {}, limits: [], references: [] },
    });
  });

  it('is called with itself as `this`, so that it may be an object of a class', () => {
    class Counting {
      readonly meta = META;
      private readonly limit = 7;
      tally = () => ({ seen: 0 });
      inspect(_: unknown, tally: { seen: number }) {
        tally.seen += this.limit;
      }
      merge() {}
      conclude(tally: { seen: number }) {
        return tally.seen === this.limit ? [sound] : [];
      }
    }
    const run = new RuleRun(rulesOfModule(new Counting(), []));
    run.inspect([connection([get(0)])]);
    expect(run.conclude(CONCLUSION)).toEqual({ findings: [sound], failures: [] });
  });

  it('is shown everyday connections, since it may count them', () => {
    const counting = {
      ...{ ...QUIET, meta: META },
      inspect(_: unknown, tally: { seen: number }) {
        tally.seen += 1;
      },
    };
    const run = new RuleRun(rulesOfModule(counting, []));
    run.inspect([{ ...healthy(), signs: 0 }]);
    expect(run.seen.tallies).toEqual([{ rule: 'mine', tally: { seen: 1 } }]);
  });

  it('may be one of several, with ids of their own', () => {
    const other = { ...QUIET, meta: { ...META, id: 'other' } };
    expect(rulesOfModule([{ ...QUIET, meta: META }, other], []).map(({ meta }) => meta.id)).toEqual(['mine', 'other']);
    expect(() => rulesOfModule([other, other], [])).toThrow(RuleFileError);
    expect(() => rulesOfModule(other, ['other'])).toThrow('there is a rule of this name already');
  });

  it.each([undefined, null, 7, 'rule', [], [null], {}, { meta: META }, { ...QUIET, meta: { ...META, needs: [7] } }])(
    'is refused where it is %j',
    (exported) => {
      expect(() => rulesOfModule(exported, [])).toThrow(RuleFileError);
    },
  );
});

describe('what a rule from outside concludes', () => {
  it('is passed on when it holds together', () => {
    expect(concluding([sound])).toEqual({ findings: [sound], failures: [] });
  });

  it.each<[string, unknown]>([
    ['conclude gave no list of findings', undefined],
    ['finding 1: it is no object', [null]],
    ['finding 2: summary is not a text', [sound, { ...sound, summary: 7 }]],
    ['finding 1: occurrences is not a number', [{ ...sound, occurrences: Number.NaN }]],
    ['finding 1: remedies is not a list', [{ ...sound, remedies: undefined }]],
    ['finding 1: facts is not an object', [{ ...sound, facts: [] }]],
    ['finding 1: subject is not { address, port, name }', [{ ...sound, subject: { address: 7 } }]],
    ['finding 1: evidence holds something that is not', [{ ...sound, evidence: [{ packets: [] }] }]],
    ['finding 1: its rule is other, not mine', [{ ...sound, rule: 'other' }]],
    ['finding 1: it has no evidence', [{ ...sound, evidence: [] }]],
  ])('is not, and the rule is named: %s', (message, concluded) => {
    const { findings, failures } = concluding(concluded);
    expect(findings).toEqual([]);
    expect(failures).toMatchObject([{ rule: 'mine', message: expect.stringContaining(message) }]);
  });
});
