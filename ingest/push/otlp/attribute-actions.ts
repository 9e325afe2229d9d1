import { compileRegexp } from '../../../src/common/regexp/compile.ts';

export type AttributeAction = 'index_label' | 'structured_metadata' | 'drop';

/** What becomes of some attributes: those with one of the names, or whose whole name the expression matches. */
export interface AttributeRule {
  readonly action: AttributeAction;
  readonly attributes?: readonly string[] | undefined;
  readonly regex?: string | undefined;
}

/** What becomes of the attributes of OTLP logs; `src/config/otlp-config.ts` has this shape. */
export interface OtlpConfig {
  readonly resource_attributes: { readonly attributes_config: readonly AttributeRule[] };
  readonly scope_attributes: readonly AttributeRule[];
  readonly log_attributes: readonly AttributeRule[];
  /** `severity_text` is a label in place of structured metadata. */
  readonly severity_text_as_label: boolean;
}

/** Names whose action is remembered. */
const KNOWN_MAX = 10_000;

/** The rules for one kind of attributes: the first that fits an attribute counts, without one it is structured metadata. */
export class AttributeActions {
  readonly #byName = new Map<string, { readonly index: number; readonly action: AttributeAction }>();
  readonly #byRegexp: { readonly index: number; readonly action: AttributeAction; matches(name: string): boolean }[] =
    [];
  readonly #known = new Map<string, AttributeAction>();
  /** No rule at all: nothing needs to be asked. */
  readonly isEmpty: boolean;

  constructor(rules: readonly AttributeRule[]) {
    this.isEmpty = rules.length === 0;
    for (const [index, { action, attributes = [], regex = '' }] of rules.entries()) {
      for (const name of attributes) if (!this.#byName.has(name)) this.#byName.set(name, { index, action });
      if (regex === '') continue;
      const compiled = compileRegexp(regex, { anchored: true });
      this.#byRegexp.push({ index, action, matches: (name) => compiled.test(name) });
    }
  }

  of(name: string): AttributeAction {
    let action = this.#known.get(name);
    if (action !== undefined) return action;
    const named = this.#byName.get(name);
    const matched = this.#byRegexp.find((rule) => rule.index < (named?.index ?? Infinity) && rule.matches(name));
    action = (matched ?? named)?.action ?? 'structured_metadata';
    if (this.#known.size < KNOWN_MAX) this.#known.set(name, action);
    return action;
  }
}

/** The rules of a tenant, ready for use. */
export class OtlpRules {
  readonly resource: AttributeActions;
  readonly scope: AttributeActions;
  readonly log: AttributeActions;
  readonly severityTextAsLabel: boolean;

  constructor(config: OtlpConfig) {
    this.resource = new AttributeActions(config.resource_attributes.attributes_config);
    this.scope = new AttributeActions(config.scope_attributes);
    this.log = new AttributeActions(config.log_attributes);
    this.severityTextAsLabel = config.severity_text_as_label;
  }
}
