/** Ink and React, loaded together once it is known that they are wanted, and in which build of theirs. */
import { render } from 'ink';
import { App, type AppProps } from './App.js';
import { SheetContext } from './components/Lines.js';
import type { Screen } from './terminal/screen.js';

/** Draws the application on the screen until what it returns is called. */
export function mount(props: AppProps, screen: Screen, input: NodeJS.ReadStream): () => void {
  const tree = (
    <SheetContext.Provider value={screen.sheet}>
      <App {...props} />
    </SheetContext.Provider>
  );
  // As much of a stream as Ink uses of one. Each line is one character to it.
  const stdout = { columns: 1, write: (frame: string) => screen.write(frame), on: ignored, off: ignored };
  const app = render(tree, {
    stdout: stdout as unknown as NodeJS.WriteStream,
    stdin: input,
    debug: true,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  });
  return () => app.unmount();
}

/** A change of size comes as a change of state. */
function ignored(): void {}
