import { describe, expect, it } from 'vitest';
import { causesTold } from '../../src/report/causes-told.js';

describe('the causes of a finding, as they are told', () => {
  it('say once what decides about several, with those supported first', () => {
    expect(
      causesTold([
        { cause: 'version', verdict: 'ruled-out', because: 'the alert is 112 (#7)' },
        { cause: 'silent-refusal', verdict: 'ruled-out', because: 'it does not end in silence (#7)' },
        { cause: 'cipher', verdict: 'ruled-out', because: 'the alert is 112 (#7)' },
        { cause: 'server-failed', verdict: 'open', because: 'the alert is 112 (#7)' },
        { cause: 'unknown-name', verdict: 'supported', because: 'no certificate has it' },
      ]),
    ).toEqual([
      { causes: ['unknown-name'], verdict: 'supported', because: 'no certificate has it' },
      { causes: ['version', 'cipher'], verdict: 'ruled-out', because: 'the alert is 112 (#7)' },
      { causes: ['silent-refusal'], verdict: 'ruled-out', because: 'it does not end in silence (#7)' },
      { causes: ['server-failed'], verdict: 'open', because: 'the alert is 112 (#7)' },
    ]);
  });
});
