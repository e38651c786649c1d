/** Ink and React, loaded together once it is known that they are wanted, and in which build of theirs. */
import { render } from 'ink';
import { App, type AppProps } from './App.js';
import type { Screen } from './terminal/screen.js';

/** Draws the application on the screen until what it returns is called. */
export function mount(props: AppProps, screen: Screen, input: NodeJS.ReadStream): () => void {
  const app = render(<App {...props} />, {
    // A screen is as much of a stream as Ink uses of one.
    stdout: screen as unknown as NodeJS.WriteStream,
    stdin: input,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  });
  return () => app.unmount();
}
