import { Frame } from '../components/Frame.js';
import { findingsLines } from '../layout/findings.js';
import type { FindingsLevel } from '../state/state.js';
import type { ScreenProps } from './screen-props.js';

/** Findings as a table. */
export function FindingsScreen({ level, context, keys }: ScreenProps<FindingsLevel>) {
  return <Frame context={context} keys={keys} body={findingsLines(level, context)} />;
}
