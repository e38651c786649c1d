import { EXIT } from './exit-code.js';
import type { Surroundings } from './surroundings.js';

/** Signals that stop the reading and let what was read be reported. */
type StopSignal = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/**
 * The first signal stops the reading, any further one leaves at once.
 *
 * Where writing the result can block while the capture is still being read (`canBlock`), only
 * SIGINT is taken: no handler runs in a blocked process, and it must remain possible to end it.
 */
export class Interruption {
  private readonly controller = new AbortController();
  private readonly handlers: [StopSignal, () => void][] = [];
  private first: StopSignal | null = null;

  constructor(
    private readonly surroundings: Surroundings,
    canBlock: boolean,
    beforeLeaving: () => void,
  ) {
    const signals: StopSignal[] = canBlock ? ['SIGINT'] : ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) {
      const handler = () => {
        if (this.first === null) {
          this.first = signal;
          this.controller.abort();
          return;
        }
        beforeLeaving();
        surroundings.exit(EXIT[signal]);
      };
      this.handlers.push([signal, handler]);
      surroundings.signals.on(signal, handler);
    }
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /** The exit code that the first signal asks for; `null` without one. */
  get exitCode(): number | null {
    return this.first === null ? null : EXIT[this.first];
  }

  /** From now on signals do what they usually do. */
  dispose(): void {
    for (const [signal, handler] of this.handlers) this.surroundings.signals.removeListener(signal, handler);
  }
}
