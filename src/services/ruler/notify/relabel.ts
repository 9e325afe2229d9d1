import { createHash } from 'node:crypto';
import { unreachable } from '../../../common/assert.ts';
import { messageOf, SkaldError } from '../../../common/errors.ts';
import type { Labels } from '../../../common/labels.ts';
import { compileRegexp } from '../../../common/regexp/compile.ts';
import type { CompiledRegexp } from '../../../common/regexp/regexp.ts';
import type { RelabelConfig } from '../../../config/relabel-schema.ts';

/** Null drops what has the labels. */
export type Relabel = (labels: Labels) => Labels | null;

/** Relabelling as Prometheus does it, step by step. Throws SkaldError `bad_config` for a wrong expression. */
export function compileRelabel(configs: readonly RelabelConfig[]): Relabel {
  const steps = configs.map(compileStep);
  return (labels) => {
    let current: Labels | null = labels;
    for (const step of steps) if (current !== null) current = step(current);
    return current;
  };
}

function compileStep(config: RelabelConfig): Relabel {
  let regexp: CompiledRegexp;
  try {
    regexp = compileRegexp(config.regex, { anchored: true, dotAll: true });
  } catch (error) {
    throw new SkaldError('bad_config', `relabel_config: regex ${JSON.stringify(config.regex)}: ${messageOf(error)}`);
  }
  return (labels) => apply(config, regexp, labels);
}

function apply(config: RelabelConfig, regexp: CompiledRegexp, labels: Labels): Labels | null {
  const { source_labels, separator, target_label: target, replacement, action } = config;
  const value = source_labels.map((name) => labels.get(name) ?? '').join(separator);
  switch (action) {
    case 'keep':
      return regexp.test(value) ? labels : null;
    case 'drop':
      return regexp.test(value) ? null : labels;
    case 'keepequal':
      return (labels.get(target) ?? '') === value ? labels : null;
    case 'dropequal':
      return (labels.get(target) ?? '') === value ? null : labels;
    case 'replace':
      return replace(labels, regexp, value, config);
    case 'lowercase':
      return set(labels, target, value.toLowerCase());
    case 'uppercase':
      return set(labels, target, value.toUpperCase());
    case 'hashmod':
      return set(labels, target, String(hashOf(value) % BigInt(config.modulus)));
    case 'labelmap':
      return labels.pairs.reduce(
        (all, [name, text]) => (regexp.test(name) ? set(all, regexp.replaceAll(name, replacement, false), text) : all),
        labels,
      );
    case 'labeldrop':
      return labels.omit(labels.pairs.map(([name]) => name).filter((name) => regexp.test(name)));
    case 'labelkeep':
      return labels.pick(labels.pairs.map(([name]) => name).filter((name) => regexp.test(name)));
    default:
      return unreachable(action);
  }
}

/** Expressions match whole values, so replacing all matches expands the one match. */
function replace(labels: Labels, regexp: CompiledRegexp, value: string, config: RelabelConfig): Labels {
  if (!regexp.test(value)) return labels;
  const target = regexp.replaceAll(value, config.target_label, false);
  if (!/^[a-zA-Z_][a-zA-Z0-9_]*$/.test(target)) return labels;
  return set(labels, target, regexp.replaceAll(value, config.replacement, false));
}

/** An empty value removes the label. */
function set(labels: Labels, name: string, value: string): Labels {
  return value === '' ? labels.omit([name]) : labels.with(name, value);
}

/** The last eight bytes of the MD5, as Prometheus takes them. */
function hashOf(value: string): bigint {
  return createHash('md5').update(value).digest().readBigUInt64BE(8);
}
