import { Frame } from '../components/Frame.js';
import { ladderLines } from '../layout/ladder.js';
import type { LadderLevel } from '../state/state.js';
import type { ScreenProps } from './screen-props.js';

/** A connection packet by packet. */
export function LadderScreen({ level, context, keys }: ScreenProps<LadderLevel>) {
  return <Frame context={context} keys={keys} body={ladderLines(level, context)} />;
}
