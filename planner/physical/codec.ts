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
  /** None if `groupCount` is there: the frame's only array then has the group of each stream. */
  readonly groupCount?: number;
  /** Label sets, each once; the frame's only array has the number of each stream's. */
  readonly streams?: PackedLabelSets;
}

export function encodeFragment({ id, root, streams, groups }: FragmentTask): Uint8Array {
  const task = { id, root: toTagged(root) };
  if (groups !== undefined) {
    return encodeFrame('fragment', { ...task, groupCount: groups.count } satisfies FragmentBody, [groups.group]);
  }
  // By identity: streams whose labels do not matter share a set (labelsForWorkers).
  const numbers = new Map<Labels, number>();
  const number = new Uint32Array(streams.length);
  for (let i = 0; i < number.length; i++) {
    if (i > 0 && streams[i] === streams[i - 1]) number[i] = number[i - 1];
    else number[i] = numberOf(streams[i], numbers);
  }
  return encodeFrame('fragment', { ...task, streams: packLabelSets([...numbers.keys()]) } satisfies FragmentBody, [
    number,
  ]);
}

function numberOf(labels: Labels, numbers: Map<Labels, number>): number {
  const found = numbers.get(labels);
  if (found === undefined) numbers.set(labels, numbers.size);
  return found ?? numbers.size - 1;
}

/** Errors: SkaldError `corruption` or `unsupported_version`. */
export function decodeFragment(bytes: Uint8Array): FragmentTask {
  const { body, arrays } = decodeFrame('fragment', bytes);
  const { id, root, streams, groupCount } = body as FragmentBody;
  const task = { id, root: fromTagged(root) as ExchangeSink };
  const number = arrays[0] as Uint32Array;
  if (streams === undefined) {
    const none = new Array<Labels>(number.length).fill(Labels.empty);
    return { ...task, streams: none, groups: { group: number, count: groupCount ?? 0 } };
  }
  const sets = unpackLabelSets(streams);
  const labels = new Array<Labels>(number.length);
  for (let i = 0; i < labels.length; i++) labels[i] = sets[number[i]];
  return { ...task, streams: labels };
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
