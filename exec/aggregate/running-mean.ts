/**
 * Mean of `count` values with mean `mean`, and of `otherCount` values with mean `other`. It never adds up the values,
 * so it overflows only when the result does. An infinite mean stays what it is unless the other is the opposite
 * infinity or NaN (fact 35).
 */
export function mergeMeans(mean: number, count: number, other: number, otherCount: number): number {
  if (count === 0) return other;
  if (mean === Infinity || mean === -Infinity) return other === -mean || other !== other ? NaN : mean;
  if (other === Infinity || other === -Infinity) return mean !== mean ? NaN : other;
  const share = otherCount / (count + otherCount);
  return mean + (other * share - mean * share);
}
