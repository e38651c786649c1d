/** The application without a terminal: keys in, the lines of the screen out, over a capture that is read in this thread. */
import { stripVTControlCharacters } from 'node:util';
import type { FromReader, ToReader } from '../../src/pipeline/explore/protocol.js';
import { Session } from '../../src/pipeline/explore/session.js';
import type { AppProps } from '../../src/tui/App.js';
import { mount } from '../../src/tui/mount.js';
import { TuiData, type Want } from '../../src/tui/state/data.js';
import type { Effect } from '../../src/tui/state/effect.js';
import { initialState, type Size, type TuiState } from '../../src/tui/state/state.js';
import { Store } from '../../src/tui/store.js';
import { Screen } from '../../src/tui/terminal/screen.js';
import { themeOf } from '../../src/tui/theme.js';
import { wantsOf } from '../../src/tui/wants.js';

/** Control sequence introducer. ECMA-48 §5.4. */
const CSI = '\x1b[';

/** See the head of this file. */
export class Driver {
  readonly data = new TuiData();
  readonly effects: Effect[] = [];
  private readonly store: Store;
  private readonly screen: Screen;
  private readonly session: Session;
  private readonly open = new Map<number, Want>();
  private readonly rows: string[] = [];
  private readonly unmount: () => void;
  private inHand = 0;
  private lastId = 0;

  constructor(
    readonly size: Size,
    files: readonly string[],
    theme = themeOf(true, false),
  ) {
    const around = { data: this.data, keys: {}, files };
    this.store = new Store(initialState(size, 0, false), around, (effects, state) => {
      this.effects.push(...effects);
      for (const want of wantsOf(state, this.data)) this.ask(want);
    });
    this.session = new Session((message) => this.told(message));
    const output = {
      write: (text: string) => {
        for (const piece of text.split(CSI)) {
          const [, row, line = ''] = /^(\d+);1H(.*)$/s.exec(piece) ?? [];
          if (row !== undefined) this.inHand = Number(row) - 1;
          if (row !== undefined) this.rows[this.inHand] = line;
          // Attributes are part of the line that is being written.
          else if (/^[0-9;]*m/.test(piece)) this.rows[this.inHand] = `${this.rows[this.inHand] ?? ''}${CSI}${piece}`;
        }
      },
      ...size,
    };
    this.screen = new Screen(output);
    const onError = (error: unknown) => {
      throw error;
    };
    const fixed = { data: this.data, files, time: 'utc', theme: () => theme } satisfies AppProps['fixed'];
    this.unmount = mount({ store: this.store, fixed, keys: {}, onError }, this.screen, process.stdin);
    this.session.take({ kind: 'read', task: { files, keyLogs: [], reveal: false, rules: null, ruleFiles: [] } });
  }

  get state(): TuiState {
    return this.store.current;
  }

  /** Waits until all that was asked for is here, and is drawn. */
  async settled(): Promise<this> {
    do await new Promise((resolve) => setTimeout(resolve, 25));
    while (this.open.size > 0 || !this.state.reading.isDone);
    return this;
  }

  /** Keys one after the other, each when the one before has had its effect. */
  async press(...keys: readonly string[]): Promise<this> {
    await this.settled();
    for (const key of keys) {
      this.store.dispatch({ kind: 'key', key });
      await this.settled();
    }
    return this;
  }

  async paste(text: string): Promise<this> {
    this.store.dispatch({ kind: 'paste', text });
    return this.settled();
  }

  /** What an effect has to say. */
  say(event: Parameters<Store['dispatch']>[0]): void {
    this.store.dispatch(event);
  }

  /** The rows of the screen as they were sent, with their attributes. */
  get sent(): readonly string[] {
    return Array.from({ length: this.size.rows }, (_, row) => this.rows[row] ?? '');
  }

  /** The rows without attributes. */
  get lines(): readonly string[] {
    return this.sent.map((line) => stripVTControlCharacters(line).trimEnd());
  }

  get text(): string {
    return this.lines.join('\n');
  }

  close(): void {
    this.unmount();
    this.store.close();
    this.session.close();
  }

  private ask(want: Want): void {
    if (!this.data.wants(want)) return;
    this.lastId += 1;
    this.open.set(this.lastId, want);
    this.session.take({ kind: 'ask', id: this.lastId, question: want.question, ask: want.ask } as ToReader);
  }

  private told(message: FromReader): void {
    if (message.kind === 'answer' || message.kind === 'refused') {
      const want = this.open.get(message.id);
      this.open.delete(message.id);
      if (want === undefined) return;
      if (message.kind === 'answer') this.data.answered(want, message.answer);
      else this.data.refused(want, message.reason);
      this.store.dispatch({ kind: 'changed' });
      return;
    }
    this.data.take(message);
    if (message.kind === 'progress') this.store.dispatch({ kind: 'progress', progress: message.progress, nowMs: 1 });
    else this.store.dispatch({ kind: message.kind === 'done' ? 'done' : 'changed' });
  }
}
