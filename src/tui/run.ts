/**
 * takes: captures, and a terminal. gives: screens. may: use findings, reports, the pipeline. may not:
 * read a capture in this thread, or decide anything about one.
 *
 * Runs the application: the thread that reads is started first, then the terminal is taken, then Ink
 * loaded; whatever ends it gives the terminal back as it was.
 */
import type { ReadStream, WriteStream } from 'node:tty';
import type { ReadingTask } from '../pipeline/explore/protocol.js';
import type { OwnKeys } from './keys.js';
import type { TimeStyle } from './layout/context.js';
import { promptLine } from './layout/foot.js';
import { performer, type Services } from './perform.js';
import { Reader } from './reader.js';
import { TuiData, type Want } from './state/data.js';
import type { Effect } from './state/effect.js';
import { ladderLevel, packetLevel } from './state/open.js';
import { type AppliedFilter, initialState, pushed, type TuiState } from './state/state.js';
import { Store } from './store.js';
import { ANSWER_WAIT_MS, isNarrow, isUtf8Locale, type LocaleVariables, QUESTION } from './terminal/glyph-width.js';
import type { KeyEvent } from './terminal/keyboard.js';
import { Terminal } from './terminal/terminal.js';
import { themeOf } from './theme.js';
import { wantsOf } from './wants.js';

/** The terminal, as it was opened. */
export interface TerminalStreams {
  readonly input: ReadStream;
  readonly output: WriteStream;
  /** The output's file descriptor. */
  readonly descriptor: number;
}

/** What the command line says of the session. */
export interface TuiOptions {
  readonly task: ReadingTask;
  readonly streams: TerminalStreams;
  readonly isColoured: boolean;
  /** Nothing beyond ASCII, whatever the terminal can do. */
  readonly isAscii: boolean;
  readonly time: TimeStyle;
  readonly filter: AppliedFilter;
  /** Opens at this connection, or this packet of it. */
  readonly stream: number | null;
  readonly packet: number | null;
  readonly keys: OwnKeys;
  readonly services: Services;
  readonly locale: LocaleVariables;
}

/** How it ended. */
export interface TuiOutcome {
  readonly exitCode: number;
  /** Captures that could not be read, for standard error. */
  readonly messages: readonly string[];
}

/** The digits of a number follow each other faster. */
const PAUSE_MS = 700;
/** How often what is still growing is put in order anew. */
const REORDER_MS = 1000;

const SIGNAL_CODES = { SIGHUP: 129, SIGINT: 130, SIGTERM: 143 } as const;

/** Runs until the user quits; see the head of this file. */
export async function runTui(options: TuiOptions): Promise<TuiOutcome> {
  return new Promise((resolve, reject) => {
    const tui = new Tui(options, (outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome)));
    tui.start();
  });
}

class Tui {
  private readonly data = new TuiData();
  private readonly store: Store;
  private readonly reader: Reader;
  private readonly terminal: Terminal;
  private readonly perform: (effect: Effect, state: TuiState) => Promise<void>;
  private isAscii: boolean;
  private hasAnswered = false;
  private isOpen = false;
  private hasEnded = false;
  private unmount: (() => void) | null = null;
  private reorderedMs = 0;
  private reorderTimer: NodeJS.Timeout | null = null;
  private pauseTimer: NodeJS.Timeout | null = null;

  constructor(
    private readonly options: TuiOptions,
    private readonly end: (outcome: TuiOutcome | Error) => void,
  ) {
    const { streams, task, filter } = options;
    this.isAscii = options.isAscii || !isUtf8Locale(options.locale);
    this.reader = new Reader({
      told: (message) => this.told(message),
      answered: (want, answer) => {
        this.data.answered(want, answer);
        this.store.dispatch({ kind: 'changed' });
      },
      refused: (want, reason) => {
        this.data.refused(want, reason);
        this.store.dispatch({ kind: 'changed' });
      },
      failed: (error) => this.finish(error),
    });
    this.reader.read(task);
    this.terminal = new Terminal(streams.input, streams.output, streams.descriptor, (event) => this.key(event));
    const initial = opened(initialState(this.terminal.size, performance.now(), task.reveal, filter), options);
    const around = { data: this.data, keys: options.keys, files: task.files };
    this.store = new Store(initial, around, (effects, state) => this.after(effects, state));
    this.perform = performer({
      data: this.data,
      services: options.services,
      files: task.files,
      reader: this.reader,
      copy: (text) => this.terminal.copy(text),
      dispatch: (event) => this.store.dispatch(event),
      columns: () => this.terminal.size.columns,
    });
  }

  start(): void {
    // What comes through a pipe may ask for a password first: the screen is taken when it has begun.
    if (!this.options.task.files.includes('-')) this.open();
  }

  private open(): void {
    if (this.isOpen || this.hasEnded) return;
    this.isOpen = true;
    const { terminal } = this;
    process.on('exit', this.leave);
    process.prependListener('uncaughtException', this.leave);
    for (const signal of SIGNALS) process.on(signal, this.signalled);
    process.on('SIGTSTP', this.stopped);
    process.on('SIGCONT', this.continued);
    terminal.enter();
    terminal.screen.on('resize', this.resized);
    if (!this.options.isAscii) terminal.write(QUESTION);
    void this.draw().catch((error: unknown) => this.finish(error instanceof Error ? error : new Error(String(error))));
  }

  private async draw(): Promise<void> {
    // React runs its development build unless told before any of it is loaded.
    Object.assign(process.env, { NODE_ENV: 'production' });
    const asked = performance.now();
    const { mount } = await import('./mount.js');
    const left = ANSWER_WAIT_MS - (performance.now() - asked);
    if (!this.hasAnswered && !this.options.isAscii && left > 0)
      await new Promise((resolve) => setTimeout(resolve, left));
    if (this.hasEnded) return;
    const { options, data, store, terminal } = this;
    const theme = () => themeOf(options.isColoured, this.isAscii);
    const fixed = { data, files: options.task.files, time: options.time, theme };
    const onError = (error: unknown) => this.finish(asError(error));
    this.unmount = mount({ store, fixed, keys: options.keys, onError }, terminal.screen, options.streams.input);
  }

  private key(event: KeyEvent): void {
    switch (event.kind) {
      case 'key':
        this.store.dispatch({ kind: 'key', key: event.key });
        this.pauseTimer?.refresh();
        this.pauseTimer ??= setTimeout(() => this.store.dispatch({ kind: 'paused' }), PAUSE_MS);
        break;
      case 'paste':
        this.store.dispatch({ kind: 'paste', text: event.text });
        break;
      case 'cursor': {
        const narrow = isNarrow(event);
        if (narrow !== null && !this.options.isAscii) this.isAscii = !narrow;
        this.hasAnswered = true;
        this.store.dispatch({ kind: 'changed' });
        break;
      }
      default: {
        const never: never = event;
        throw new Error(`no such event: ${JSON.stringify(never)}`);
      }
    }
  }

  private told(message: Parameters<TuiData['take']>[0]): void {
    this.data.take(message);
    switch (message.kind) {
      case 'progress':
        this.open();
        this.store.dispatch({ kind: 'progress', progress: message.progress, nowMs: performance.now() });
        break;
      case 'interim':
        this.store.dispatch({ kind: 'changed' });
        break;
      case 'done':
        if (message.analysis.captures.length === 0 && message.errors.length > 0) {
          this.finish({ exitCode: 2, messages: message.errors.map((error) => error.message) });
          return;
        }
        this.open();
        this.data.forgetValues();
        this.store.dispatch({ kind: 'done' });
        break;
      case 'failed':
        this.finish(new Error(message.message));
        break;
      default:
    }
  }

  /** After each event: what it leads to, what the screen needs, where the cursor stands. */
  private after(effects: readonly Effect[], state: TuiState): void {
    for (const effect of effects) this.do(effect, state);
    if (this.hasEnded) return;
    for (const want of wantsOf(state, this.data)) this.ask(want);
    const typed = promptLine({ state, data: this.data, theme: themeOf(false, false), files: [], time: 'utc' });
    this.terminal.screen.cursor = typed === null ? null : { row: state.size.rows - 1, column: typed.cursor };
  }

  /** Asks once; a list that is still growing is not put in order more often than anyone can read. */
  private ask(want: Want): void {
    if (want.question === 'order' && !this.store.current.reading.isDone) {
      const wait = this.reorderedMs + REORDER_MS - performance.now();
      const isOther = this.data.orderOf === null || !isSameOrder(this.data.orderOf, want.key);
      if (wait > 0 && !isOther) {
        this.reorderTimer ??= setTimeout(() => {
          this.reorderTimer = null;
          this.store.dispatch({ kind: 'changed' });
        }, wait);
        return;
      }
    }
    if (!this.data.wants(want)) return;
    if (want.question === 'order') this.reorderedMs = performance.now();
    this.reader.ask(want);
  }

  private do(effect: Effect, state: TuiState): void {
    switch (effect.kind) {
      case 'quit':
        // What was shown is not all of it: that is told as by every command.
        this.finish({
          exitCode: this.data.errors.length > 0 ? 2 : 0,
          messages: this.data.errors.map((error) => error.message),
        });
        break;
      case 'suspend':
        // To all of the foreground, as the terminal itself would: a wrapper or a pipe stops with it.
        process.kill(0, 'SIGTSTP');
        break;
      case 'repaint':
        this.terminal.screen.repaint();
        break;
      case 'stop-reading':
        this.reader.stop();
        break;
      default:
        this.perform(effect, state).catch((error: unknown) => {
          this.store.dispatch({ kind: 'said', status: { text: asError(error).message, isError: true } });
        });
    }
  }

  private finish(outcome: TuiOutcome | Error): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    if (this.reorderTimer !== null) clearTimeout(this.reorderTimer);
    if (this.pauseTimer !== null) clearTimeout(this.pauseTimer);
    this.store.close();
    this.reader.close();
    this.unmount?.();
    this.leave();
    process.off('exit', this.leave);
    process.off('uncaughtException', this.leave);
    for (const signal of SIGNALS) process.off(signal, this.signalled);
    process.off('SIGTSTP', this.stopped);
    process.off('SIGCONT', this.continued);
    this.end(outcome);
  }

  private readonly leave = (): void => {
    this.terminal.screen.pause();
    this.terminal.leave();
  };

  private readonly signalled = (signal: NodeJS.Signals): void => {
    const exitCode = SIGNAL_CODES[signal as keyof typeof SIGNAL_CODES] ?? 1;
    this.finish({ exitCode, messages: [] });
  };

  private readonly stopped = (): void => {
    this.leave();
    process.kill(process.pid, 'SIGSTOP');
  };

  private readonly continued = (): void => {
    // Whoever had the terminal meanwhile may have left it in any state.
    this.leave();
    this.terminal.enter();
    this.terminal.screen.resume();
    this.resized();
  };

  private readonly resized = (): void => {
    this.store.dispatch({ kind: 'resized', size: this.terminal.size });
  };
}

const SIGNALS = ['SIGHUP', 'SIGINT', 'SIGTERM'] as const;

/** The state with the connection or packet open that the command line names. */
function opened(state: TuiState, { stream, packet }: TuiOptions): TuiState {
  if (stream === null) return state;
  const withLadder = pushed(state, ladderLevel(stream, null));
  return packet === null ? withLadder : pushed(withLadder, packetLevel(packet, stream));
}

/** Whether two orders differ by the number of rows alone. */
function isSameOrder(one: string, other: string): boolean {
  return one.slice(0, one.lastIndexOf(' ')) === other.slice(0, other.lastIndexOf(' '));
}

function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
