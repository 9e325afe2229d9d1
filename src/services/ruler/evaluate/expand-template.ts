import type { Labels } from '../../../common/labels.ts';

/** A text of an alerting rule, and the sample that it is written for. */
export interface TemplateRequest {
  readonly tenant: string;
  /** How errors call it: `__alert_HighErrors`. */
  readonly name: string;
  readonly text: string;
  /** `$labels`: of the sample, before the rule's own are added. */
  readonly labels: Labels;
  /** `$value` */
  readonly value: number;
  readonly timeNs: bigint;
  /** The time that the rule's query looked at, where that is another: `query_offset`. */
  readonly sampleTimeNs?: bigint;
  /** The query of the rule: what the alert is about. */
  readonly expr: string;
}

/** The text with its template resolved. A template can ask queries. May throw. */
export type ExpandTemplate = (request: TemplateRequest) => Promise<string>;
