/** A real terminal for tests: a shell in tmux, keys sent to it, its screen read back. */
import { execFileSync, spawnSync } from 'node:child_process';

/** Only a machine that checks nothing else may lack it. */
export const lacksTmux = spawnSync('tmux', ['-V']).error !== undefined && !('CI' in process.env);

/** The machine may be busy: what has not come by then does not come. */
const WAIT_MS = 20_000;
const POLL_MS = 40;

/** One session of a tmux server of its own. */
export class Tmux {
  private static count = 0;
  private readonly socket: string;

  constructor(columns: number, rows: number, folder: string, env: Readonly<Record<string, string>> = {}) {
    Tmux.count += 1;
    this.socket = `pcapdx-${process.pid}-${Tmux.count}`;
    const size = ['-x', String(columns), '-y', String(rows)];
    const variables = Object.entries({ PS1: '$ ', LC_ALL: 'C.UTF-8', ...env }).flatMap(([name, value]) => [
      '-e',
      `${name}=${value}`,
    ]);
    this.run('-f', '/dev/null', 'new-session', '-d', ...size, '-c', folder, ...variables, 'bash --norc --noprofile -i');
  }

  /** A line for the shell. */
  line(text: string): void {
    this.run('send-keys', '-l', text);
    this.run('send-keys', 'Enter');
  }

  /** Keys by tmux's names: `Enter`, `C-z`, `j`. */
  keys(...keys: readonly string[]): void {
    this.run('send-keys', ...keys);
  }

  /** Text as it is. */
  type(text: string): void {
    this.run('send-keys', '-l', text);
  }

  /** Text as a terminal pastes it. */
  paste(text: string): void {
    this.run('set-buffer', text);
    this.run('paste-buffer', '-p');
  }

  resize(columns: number, rows: number): void {
    this.run('resize-window', '-x', String(columns), '-y', String(rows));
  }

  /** The rows of the screen, blanks at their ends left out. */
  screen(): string[] {
    return this.run('capture-pane', '-p').split('\n').slice(0, -1);
  }

  /** The same with colours and attributes. */
  coloured(): string {
    return this.run('capture-pane', '-p', '-e');
  }

  /** Waits until the screen holds what is looked for, and gives it. */
  async until(what: string | RegExp | ((screen: readonly string[]) => boolean)): Promise<string[]> {
    const begun = Date.now();
    for (;;) {
      const screen = this.screen();
      const text = screen.join('\n');
      const holds =
        typeof what === 'function' ? what(screen) : typeof what === 'string' ? text.includes(what) : what.test(text);
      if (holds) return screen;
      if (Date.now() - begun > WAIT_MS) throw new Error(`${String(what)} did not come:\n${text}`);
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }

  /** Whether the terminal shows its alternate screen. */
  get isAlternate(): boolean {
    return this.run('display-message', '-p', '#{alternate_on}').trim() === '1';
  }

  end(): void {
    this.run('kill-server');
  }

  private run(...args: readonly string[]): string {
    return execFileSync('tmux', ['-u', '-L', this.socket, ...args], { encoding: 'utf8' });
  }
}
