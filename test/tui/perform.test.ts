import { describe, expect, it } from 'vitest';
import { performer } from '../../src/tui/perform.js';
import { TuiData } from '../../src/tui/state/data.js';
import { initialState } from '../../src/tui/state/state.js';
import type { TuiEvent } from '../../src/tui/state/update.js';

/** What becomes of a copy: the text that the terminal was given, and what the application is told. */
async function copied(text: string) {
  const sent: string[] = [];
  const events: TuiEvent[] = [];
  const perform = performer({
    data: new TuiData(),
    services: {
      application: 'test',
      report: () => Promise.resolve(''),
      write: () => undefined,
      explain: () => Promise.resolve(null),
    },
    files: ['front.pcapng'],
    reader: { request: () => Promise.reject(new Error('nothing is read')) },
    copy: (each) => sent.push(each),
    dispatch: (event) => events.push(event),
    columns: () => 80,
  });
  await perform({ kind: 'copy', what: 'request', text }, initialState({ columns: 80, rows: 24 }, 0, false));
  return { sent, events };
}

describe('a copy, which a terminal may drop without a word,', () => {
  it('is shown in the message about it', async () => {
    const { sent, events } = await copied('tcp.stream eq 3');
    expect(sent).toEqual(['tcp.stream eq 3']);
    expect(events).toEqual([
      {
        kind: 'said',
        status: { text: 'request sent to the terminal’s clipboard (15 B): tcp.stream eq 3', isError: false },
      },
    ]);
  });

  it('has a screen of its own where it is long', async () => {
    const text = `curl \\\n  ${'x'.repeat(80)}`;
    const { sent, events } = await copied(text);
    expect(sent).toEqual([text]);
    expect(events[0]).toEqual({ kind: 'text', title: 'request', paragraphs: text.split('\n') });
    expect(events[1]).toMatchObject({ kind: 'said', status: { isError: false } });
  });
});
