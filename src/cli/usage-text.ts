/** What commander says of a command line that it does not understand, with what to do about it. */
import type { Command } from 'commander';
import { nearestName } from '../text/near-name.js';

/** The message as one line; `command` is the one that was called, `commands` are all. */
export function usageText(message: string, command: Command, commands: readonly Command[]): string {
  const text = message
    .replace(/^error: /, '')
    .trim()
    .replaceAll(/\s*\n\s*/g, ' ')
    .replace(/^command-argument value ('.*') is invalid for argument '(\w+)'/, '$2 $1 is invalid');
  const [, flag] = /^unknown option '([^']*)'$/.exec(text) ?? [];
  const help = `${command.name() === 'pcapdx' ? 'pcapdx' : `pcapdx ${command.name()}`} --help`;
  if (flag === undefined)
    return /^(?:missing required|too many) argument/.test(text) ? `${text.replace(/\.$/, '')} (${help})` : text;
  const near = nearestName(flag, longsOf(command));
  if (near !== null) return `${text} (did you mean ${near}?)`;
  const others = commands.filter((other) => longsOf(other).includes(flag)).map((other) => other.name());
  if (others.length === 0) return `${text} (${help} lists them)`;
  return `${text}: ${command.name()} has none, but ${others.join(', ')}`;
}

function longsOf({ options }: Command): string[] {
  return options.flatMap(({ long }) => long ?? []);
}
