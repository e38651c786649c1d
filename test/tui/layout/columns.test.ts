import { describe, expect, it } from 'vitest';
import { type Column, place } from '../../../src/tui/layout/columns.js';

const COLUMNS: readonly Column[] = [
  { title: 'stream', align: 'right', cells: 6 },
  { title: 'client', align: 'left', cells: 15, isFlexible: true, leaves: 2 },
  { title: 'name', align: 'left', cells: 6, wanted: 14, isFlexible: true },
  { title: 'bytes', align: 'right', cells: 7, leaves: -1 },
];

/** Titles and cells of the columns that a row of so many cells has. */
const placed = (width: number) => place(COLUMNS, width).map(({ index, cells }) => [COLUMNS[index]?.title, cells]);

describe('the columns of a table', () => {
  it.each([
    [
      'the least of each',
      33,
      [
        ['stream', 6],
        ['client', 15],
        ['name', 6],
      ],
    ],
    [
      'one that may leave, gone',
      32,
      [
        ['stream', 6],
        ['name', 22],
      ],
    ],
    [
      'what is left over, for the one that wants it',
      41,
      [
        ['stream', 6],
        ['client', 15],
        ['name', 14],
      ],
    ],
    [
      'no more than that: all share what is left then',
      49,
      [
        ['stream', 6],
        ['client', 19],
        ['name', 18],
      ],
    ],
    [
      'what is beside the usual, once there is room for names',
      50,
      [
        ['stream', 6],
        ['client', 15],
        ['name', 14],
        ['bytes', 7],
      ],
    ],
  ])('%s', (_, width, columns) => {
    expect(placed(width)).toEqual(columns);
  });
});
