/** What the program's commands and flags are, as plain data: completion and the manual are made of it. */
import type { Argument, Command, Option } from 'commander';

/** What a flag's value or an argument is, as far as it can be completed. */
export type ValueKind = 'file' | 'rule' | 'word';

/** A flag of a command. */
export interface FlagModel {
  /** `--format`. */
  readonly long: string;
  /** `-f`; `null`: none. */
  readonly short: string | null;
  /** `F`; `null`: a switch. */
  readonly value: string | null;
  readonly kind: ValueKind;
  /** All values that it can have; empty: any. */
  readonly choices: readonly string[];
  readonly description: string;
  /** Its heading in the help. */
  readonly group: string;
  readonly isRepeatable: boolean;
}

/** An argument of a command. */
export interface ArgumentModel {
  /** `[CAPTURE...]`. */
  readonly text: string;
  readonly kind: ValueKind;
  readonly choices: readonly string[];
  readonly description: string;
  readonly isVariadic: boolean;
}

/** A command with its arguments and flags. */
export interface CommandModel {
  readonly name: string;
  readonly description: string;
  readonly arguments: readonly ArgumentModel[];
  readonly flags: readonly FlagModel[];
}

/** All commands, in the order of the help. */
export interface ProgramModel {
  readonly description: string;
  readonly commands: readonly CommandModel[];
  /** Taken when no command is named. */
  readonly usual: string;
}

/** Words of which a value's name says what it is. */
const FILES: ReadonlySet<string> = new Set(['FILE', 'CAPTURE', 'BEFORE', 'AFTER', 'PART']);

/** The model of a program as `buildProgram` makes it. */
export function modelOf(program: Command): ProgramModel {
  return {
    description: program.description(),
    commands: program.commands.map((command) => ({
      name: command.name(),
      description: command.description(),
      arguments: command.registeredArguments.map(argumentOf),
      flags: [...command.options.filter(({ hidden }) => !hidden).map(flagOf), HELP],
    })),
    usual: program.commands[0]?.name() ?? '',
  };
}

const HELP: FlagModel = {
  ...{ long: '--help', short: '-h', value: null, kind: 'word', choices: [], description: 'show help' },
  ...{ group: 'Other:', isRepeatable: false },
};

function flagOf(option: Option): FlagModel {
  const [, value = null] = /[<[]([^>\]]+)[>\]]/.exec(option.flags) ?? [];
  return {
    long: option.long ?? '',
    short: option.short ?? null,
    value,
    kind: /^--(?:no-)?rule$/.test(option.long ?? '') ? 'rule' : kindOf(value ?? ''),
    choices: option.argChoices ?? [],
    description: option.description,
    group: option.helpGroupHeading ?? 'Flags:',
    isRepeatable: option.description.includes('may be repeated'),
  };
}

function argumentOf(argument: Argument): ArgumentModel {
  const name = argument.name();
  const dots = argument.variadic ? '...' : '';
  return {
    text: argument.required ? `<${name}${dots}>` : `[${name}${dots}]`,
    kind: name === 'RULE' ? 'rule' : kindOf(name),
    choices: argument.argChoices ?? [],
    description: argument.description,
    isVariadic: argument.variadic,
  };
}

function kindOf(name: string): ValueKind {
  return FILES.has(name.replace(/\.{3}$/, '')) ? 'file' : 'word';
}
