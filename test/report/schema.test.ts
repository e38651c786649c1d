import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { z } from 'zod';
import { flowLine } from '../../src/report/flow.js';
import { findingLines, reportDocument } from '../../src/report/json.js';
import type { RULE_FACTS } from '../../src/report/rule-facts.js';
import { jsonSchema, reportSchema } from '../../src/report/schema.js';
import type { CrossSniReuseFacts } from '../../src/rules/cross-sni-reuse/case.js';
import type { EarlyResponseResetFacts } from '../../src/rules/early-response-reset/facts.js';
import type { ExpectContinueStallFacts } from '../../src/rules/expect-continue-stall/facts.js';
import type { FramingAmbiguityFacts } from '../../src/rules/framing-ambiguity/figures.js';
import type { GatewayCutFacts } from '../../src/rules/gateway-cut/case.js';
import type { GatewayUnaskedFacts } from '../../src/rules/gateway-unasked/case.js';
import type { H2GoawayRaceFacts } from '../../src/rules/h2-goaway-race/case.js';
import type { H2WindowStallFacts } from '../../src/rules/h2-window-stall/conclude.js';
import type { HeaderTooLargeFacts } from '../../src/rules/header-too-large/facts.js';
import type { ProtocolMismatchFacts } from '../../src/rules/protocol-mismatch/facts.js';
import type { ProxyHeaderLeakFacts } from '../../src/rules/proxy-header-leak/case.js';
import type { RedirectLoopFacts } from '../../src/rules/redirect-loop/case.js';
import type { ReverseHttpFacts } from '../../src/rules/reverse-http/case.js';
import type { RstAfterRequestFacts } from '../../src/rules/rst-after-request/case.js';
import type { StreamResetFacts } from '../../src/rules/stream-reset/case.js';
import type { TlsHandshakeFailureFacts } from '../../src/rules/tls-handshake-failure/case.js';
import type { TlsOffloadLeakFacts } from '../../src/rules/tls-offload-leak/case.js';
import type { WebsocketCloseCodeFacts } from '../../src/rules/websocket-close-code/case.js';
import type { WebsocketCutFacts } from '../../src/rules/websocket-cut/case.js';
import type { WebsocketIdleCloseFacts } from '../../src/rules/websocket-idle-close/case.js';
import type { WebsocketUpgradeFailedFacts } from '../../src/rules/websocket-upgrade-failed/case.js';
import { UNSALTED } from '../../src/text/redaction.js';
import { connection, failedAnalysis, input, quietAnalysis, resetFinding } from './analyses.js';

const ajv = new Ajv2020({ strict: true, allErrors: true });
const isReport = ajv.compile(jsonSchema('report'));
const isFlow = ajv.compile(jsonSchema('flows'));
const isFinding = new Ajv2020({ strict: true, allErrors: true }).compile(jsonSchema('finding'));

/** The same type without `readonly`, which schemas do not say. */
type Writable<T> = T extends readonly (infer E)[]
  ? Writable<E>[]
  : T extends object
    ? { -readonly [K in keyof T]: Writable<T[K]> }
    : T;

describe('the published JSON Schema', () => {
  it('is of the 2020-12 dialect', () => {
    expect(jsonSchema('report')).toMatchObject({ $schema: 'https://json-schema.org/draft/2020-12/schema' });
  });

  it('accepts reports', () => {
    for (const analysis of [failedAnalysis(), quietAnalysis()]) {
      expect([isReport(reportDocument(input(analysis))), isReport.errors]).toEqual([true, null]);
    }
  });

  it('accepts flow lines', () => {
    expect([isFlow(flowLine(connection(), UNSALTED)), isFlow.errors]).toEqual([true, null]);
  });

  it('accepts any time that a capture can hold', () => {
    for (const epochNs of [0n, -(2n ** 63n) * 1_000_000_000n, (2n ** 64n + 2n ** 63n) * 1_000_000_000n]) {
      const { seconds, nanoseconds } = { seconds: Number(epochNs / 1_000_000_000n), nanoseconds: 0 };
      const line = flowLine(connection({ startEpoch: { seconds, nanoseconds } }), UNSALTED);
      expect([isFlow(line), isFlow.errors], line.start).toEqual([true, null]);
    }
  });

  it('accepts findings as lines, which name the captures and say that secrets are shown', () => {
    for (const reveal of [true, false]) {
      const lines = [...findingLines(input(failedAnalysis(), { reveal }))];
      expect(lines.map((line) => line.endsWith('}\n'))).toEqual([true]);
      const documents: unknown[] = lines.map((line) => JSON.parse(line));
      for (const document of documents) expect([isFinding(document), isFinding.errors]).toEqual([true, null]);
      const { findings } = reportDocument(input(failedAnalysis(), { reveal }));
      expect(documents).toEqual([{ ...findings[0], captures: ['front.pcapng'], ...(reveal ? { reveal } : {}) }]);
    }
  });

  it('accepts fields that later versions add', () => {
    const document = { ...reportDocument(input(failedAnalysis())), added: 1 };
    expect(isReport(document)).toBe(true);
    expect(isFlow({ ...flowLine(connection(), UNSALTED), added: 1 })).toBe(true);
  });

  it('refuses a report without a field of the contract, and a flow too', () => {
    for (const key of ['schemaVersion', 'tool', 'captures', 'summary', 'findings', 'servers']) {
      const document = Object.entries(reportDocument(input(failedAnalysis()))).filter(([name]) => name !== key);
      expect([key, isReport(Object.fromEntries(document))]).toEqual([key, false]);
    }
    for (const key of Object.keys(flowLine(connection(), UNSALTED))) {
      const line = Object.entries(flowLine(connection(), UNSALTED)).filter(([name]) => name !== key);
      expect([key, isFlow(Object.fromEntries(line))]).toEqual([key, false]);
    }
  });

  it('knows the figures of a rule, and leaves those of a rule it does not know open', () => {
    const wrong = reportDocument(input(failedAnalysis({ findings: [resetFinding({ facts: { forged: 'perhaps' } })] })));
    expect(isReport(wrong)).toBe(false);
    expect(reportSchema.safeParse(wrong).success).toBe(false);
    const other = resetFinding({ rule: 'later-rule', facts: { forged: 'perhaps' } });
    expect(isReport(reportDocument(input(failedAnalysis({ findings: [other] }))))).toBe(true);
  });

  it('has the figures of rst-after-request as the rule itself types them', () => {
    type Described = z.infer<(typeof RULE_FACTS)['rst-after-request']>;
    expectTypeOf<Writable<RstAfterRequestFacts>>().toExtend<Described>();
    expectTypeOf<keyof RstAfterRequestFacts>().toEqualTypeOf<keyof Described>();
  });

  it('has the figures of cross-sni-reuse as the rule itself types them', () => {
    type Described = z.infer<(typeof RULE_FACTS)['cross-sni-reuse']>;
    expectTypeOf<Writable<CrossSniReuseFacts>>().toExtend<Described>();
    expectTypeOf<keyof CrossSniReuseFacts>().toEqualTypeOf<keyof Described>();
  });

  it('has the figures of websocket-upgrade-failed as the rule itself types them', () => {
    type Described = z.infer<(typeof RULE_FACTS)['websocket-upgrade-failed']>;
    expectTypeOf<Writable<WebsocketUpgradeFailedFacts>>().toEqualTypeOf<Described>();
  });

  it('has the figures of further rules as they themselves type them', () => {
    expectTypeOf<Writable<ProtocolMismatchFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['protocol-mismatch']>>();
    expectTypeOf<Writable<StreamResetFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['stream-reset']>>();
    expectTypeOf<Writable<EarlyResponseResetFacts>>().toEqualTypeOf<
      z.infer<(typeof RULE_FACTS)['early-response-reset']>
    >();
    expectTypeOf<Writable<ExpectContinueStallFacts>>().toEqualTypeOf<
      z.infer<(typeof RULE_FACTS)['expect-continue-stall']>
    >();
    expectTypeOf<Writable<HeaderTooLargeFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['header-too-large']>>();
    expectTypeOf<Writable<FramingAmbiguityFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['framing-ambiguity']>>();
    expectTypeOf<Writable<H2WindowStallFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['h2-window-stall']>>();
    expectTypeOf<Writable<GatewayCutFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['gateway-cut']>>();
    expectTypeOf<Writable<GatewayUnaskedFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['gateway-unasked']>>();
    expectTypeOf<Writable<H2GoawayRaceFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['h2-goaway-race']>>();
    expectTypeOf<Writable<ReverseHttpFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['reverse-http']>>();
    expectTypeOf<Writable<TlsHandshakeFailureFacts>>().toEqualTypeOf<
      z.infer<(typeof RULE_FACTS)['tls-handshake-failure']>
    >();
    expectTypeOf<Writable<ProxyHeaderLeakFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['proxy-header-leak']>>();
    expectTypeOf<Writable<RedirectLoopFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['redirect-loop']>>();
    expectTypeOf<Writable<TlsOffloadLeakFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['tls-offload-leak']>>();
    expectTypeOf<Writable<WebsocketCloseCodeFacts>>().toEqualTypeOf<
      z.infer<(typeof RULE_FACTS)['websocket-close-code']>
    >();
    expectTypeOf<Writable<WebsocketCutFacts>>().toEqualTypeOf<z.infer<(typeof RULE_FACTS)['websocket-cut']>>();
    expectTypeOf<Writable<WebsocketIdleCloseFacts>>().toEqualTypeOf<
      z.infer<(typeof RULE_FACTS)['websocket-idle-close']>
    >();
  });

  it('describes what is not plain from a name', () => {
    expect(JSON.stringify(jsonSchema('flows'))).toContain('tcp.stream in Wireshark');
  });
});
