import type { ScanUnit } from '../../src/common/scan-unit.ts';
import { ArrayWriter, decodeFrame, encodeFrame } from './frame.ts';
import { packLabelSets, type PackedLabelSets, unpackLabelSets } from './label-sets.ts';
import type { ExchangeSink, Fragment } from './plan.ts';
import { fromTagged, toTagged } from './tagged-json.ts';
import { UnitPacker, unpackUnit, type PackedUnit } from './unit-codec.ts';

/** What a worker has to know of a fragment; its units come one task at a time. */
export type FragmentTask = Pick<Fragment, 'id' | 'root' | 'streams'>;

interface FragmentBody {
  readonly id: number;
  readonly root: unknown;
  readonly streams: PackedLabelSets;
}

export function encodeFragment({ id, root, streams }: FragmentTask): Uint8Array {
  const body: FragmentBody = { id, root: toTagged(root), streams: packLabelSets(streams) };
  return encodeFrame('fragment', body);
}

/** Errors: SkaldError `corruption` or `unsupported_version`. */
export function decodeFragment(bytes: Uint8Array): FragmentTask {
  const { id, root, streams } = decodeFrame('fragment', bytes).body as FragmentBody;
  return { id, root: fromTagged(root) as ExchangeSink, streams: unpackLabelSets(streams) };
}

interface UnitsBody {
  readonly units: readonly PackedUnit[];
  readonly dictionaries: readonly (readonly string[])[];
}

/** Arrays and dictionaries that units share are written once. */
export function encodeUnits(units: readonly ScanUnit[]): Uint8Array {
  const arrays = new ArrayWriter();
  const packer = new UnitPacker(arrays);
  const body: UnitsBody = { units: units.map((unit) => packer.pack(unit)), dictionaries: packer.dictionaries };
  return encodeFrame('units', body, arrays.arrays);
}

/** Typed arrays of the units are views of `bytes`. Errors: SkaldError `corruption` or `unsupported_version`. */
export function decodeUnits(bytes: Uint8Array): readonly ScanUnit[] {
  const { body, arrays } = decodeFrame('units', bytes);
  const { units, dictionaries } = body as UnitsBody;
  return units.map((unit) => unpackUnit(unit, { arrays, dictionaries }));
}
