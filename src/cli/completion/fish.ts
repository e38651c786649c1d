import type { CommandModel, FlagModel, ProgramModel } from '../command-model.js';

/** The completion for fish. */
export function fishCompletion({ commands, usual }: ProgramModel, rules: readonly string[]): string {
  const names = commands.map(({ name }) => name).join(' ');
  const lines = [
    '# fish completion for pcapdx: put it as pcapdx.fish into ~/.config/fish/completions, or',
    '#   pcapdx completion fish | source',
    `set -l commands ${names}`,
    ...commands.map(
      ({ name, description }) =>
        `complete -c pcapdx -n "not __fish_seen_subcommand_from $commands" -a ${name} -d ${quoted(description)}`,
    ),
    ...commands.flatMap((command) => linesOf(command, command.name === usual, rules)),
  ];
  return `${lines.join('\n')}\n`;
}

function linesOf(command: CommandModel, isUsual: boolean, rules: readonly string[]): string[] {
  const { name, flags, arguments: taken } = command;
  // The usual command's flags are valid without its name.
  const condition = isUsual
    ? `"__fish_seen_subcommand_from ${name}; or not __fish_seen_subcommand_from $commands"`
    : `"__fish_seen_subcommand_from ${name}"`;
  const start = `complete -c pcapdx -n ${condition}`;
  const [first] = taken;
  const words = first?.kind === 'rule' ? rules : (first?.choices ?? []);
  const files =
    first?.kind === 'file' ? [] : [`${start} -f${words.length > 0 ? ` -a ${quoted(words.join(' '))}` : ''}`];
  return [...files, ...flags.map((flag) => `${start} ${flagText(flag, rules)}`)];
}

function flagText({ long, short, value, kind, choices, description }: FlagModel, rules: readonly string[]): string {
  const parts = [
    ...(short === null ? [] : [`-s ${short.slice(1)}`]),
    `-l ${long.slice(2)}`,
    `-d ${quoted(description)}`,
  ];
  if (value !== null) {
    parts.push(kind === 'file' ? '-r -F' : '-x');
    // Several rules stand with commas between them: the last is completed.
    if (kind === 'rule') parts.push(`-a ${quoted(`(__fish_append , ${rules.join(' ')})`)}`);
    else if (choices.length > 0) parts.push(`-a ${quoted(choices.join(' '))}`);
  }
  return parts.join(' ');
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, (character) => `\\${character}`)}'`;
}
