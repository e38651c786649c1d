import { Frame } from '../components/Frame.js';
import { textBody } from '../layout/read-text.js';
import type { StreamLevel, TextLevel } from '../state/state.js';
import type { ScreenProps } from './screen-props.js';

/** Text to read: a plaintext that is followed, a rule in full, what was not seen. */
export function TextScreen({ level, context, keys }: ScreenProps<StreamLevel | TextLevel>) {
  return <Frame context={context} keys={keys} body={textBody(level, context)} />;
}
