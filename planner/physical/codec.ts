import { Labels } from '../../src/common/labels.ts';
import type { ScanUnit } from '../../src/common/scan-unit.ts';
import { ArrayWriter, decodeFrame, encodeFrame } from './frame.ts';
import { packLabelSets, type PackedLabelSets, unpackLabelSets } from './label-sets.ts';
import type { ExchangeSink, Fragment } from './plan.ts';
import { fromTagged, toTagged } from './tagged-json.ts';
import { UnitPacker, unpackUnit, type PackedUnit } from './unit-codec.ts';

/** What a worker has to know of a fragment; its units come one task at a time. */
export interface FragmentTask extends Pick<Fragment, 'id' | 'root' | 'streams'> {
  /** Where streams tell the groups of all rows: number of the group by stream. Then the labels do not matter. */
  readonly groups?: WorkerGroups;
}

export interface WorkerGroups {
  readonly group: Uint32Array;
  readonly count: number;
}

interface FragmentBody {
  readonly id: number;
  readonly root: unknown;
  readonly streams: PackedLabelSets;
  /** Groups, whose numbers are the frame's only array. */
  readonly groupCount?: number;
}

export function encodeFragment({ id, root, streams, groups }: FragmentTask): Uint8Array {
  const body: FragmentBody = { id, root: toTagged(root), streams: packLabelSets(groups === undefined ? streams : []) };
  if (groups === undefined) return encodeFrame('fragment', body);
  return encodeFrame('fragment', { ...body, groupCount: groups.count }, [groups.group]);
}

/** Errors: SkaldError `corruption` or `unsupported_version`. */
export function decodeFragment(bytes: Uint8Array): FragmentTask {
  const { body, arrays } = decodeFrame('fragment', bytes);
  const { id, root, streams, groupCount } = body as FragmentBody;
  const task = { id, root: fromTagged(root) as ExchangeSink, streams: unpackLabelSets(streams) };
  if (groupCount === undefined) return task;
  const group = arrays[0] as Uint32Array;
  const none = new Array<Labels>(group.length).fill(Labels.empty);
  return { ...task, streams: none, groups: { group, count: groupCount } };
}

interface UnitsBody {
  readonly units: readonly PackedUnit[];
  readonly dictionaries: readonly (readonly string[])[];
  readonly columns: UnitPacker['columns'];
}

/** Arrays and dictionaries that units share are written once. */
export function encodeUnits(units: readonly ScanUnit[]): Uint8Array {
  const arrays = new ArrayWriter();
  const packer = new UnitPacker(arrays);
  const packed = units.map((unit) => packer.pack(unit));
  const body: UnitsBody = { units: packed, dictionaries: packer.dictionaries, columns: packer.columns };
  return encodeFrame('units', body, arrays.arrays);
}

/** Typed arrays of the units are views of `bytes`. Errors: SkaldError `corruption` or `unsupported_version`. */
export function decodeUnits(bytes: Uint8Array): readonly ScanUnit[] {
  const { body, arrays } = decodeFrame('units', bytes);
  const { units, dictionaries, columns } = body as UnitsBody;
  return units.map((unit) => unpackUnit(unit, { arrays, dictionaries, columns }));
}
