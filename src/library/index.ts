/**
 * takes: captures and options, from a program. gives: a report, flows. may: use every stage. may not:
 * print, or decide anything about captures.
 *
 * pcapdx as a library: `import { diagnose, readFlows } from 'pcapdx'` (docs/library.md).
 */
export { CaptureError, type CaptureErrorCode } from '../capture/capture-error.js';
export type { FindingDocument as Finding, FlowLine as Flow, ReportDocument as Report } from '../report/schema.js';
export { type DiagnoseOptions, diagnose } from './diagnose.js';
export { type FindingOf, isFindingOf } from './finding-of.js';
export { readFlows } from './read-flows.js';
export type { ReadOptions } from './read-options.js';
