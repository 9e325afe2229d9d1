import type { RuleGroup } from '../rules/rule-group.ts';

/** The groups of one namespace: a file, or what was set under one name by the API. */
export interface Namespace {
  readonly name: string;
  /** Sorted by name in object storage, in the order of the file in a directory. */
  readonly groups: readonly RuleGroup[];
  /** Groups that are there and wrong; null when the namespace cannot be read at all. */
  readonly refused: readonly string[] | null;
  /** What is wrong with them: `file:line:column: reason`. */
  readonly problems: readonly string[];
}

/**
 * Where rule groups are kept. Errors: SkaldError `unavailable` when the disk or the network fails, `bad_request` for a
 * name that cannot be stored, `not_supported` when the store cannot be written.
 */
export interface RuleStore {
  /** Sorted. */
  tenants(): Promise<readonly string[]>;
  /** Sorted by name; those without a group are not there. */
  namespaces(tenant: string): Promise<readonly Namespace[]>;
  /** Sets a group, replacing one of the same name. Durable when it resolves. */
  putGroup(tenant: string, namespace: string, group: RuleGroup): Promise<void>;
  /** No error when it is not there. */
  deleteGroup(tenant: string, namespace: string, group: string): Promise<void>;
  deleteNamespace(tenant: string, namespace: string): Promise<void>;
}
