/** One piece of a replacement: literal text, or the text of a group. */
type Piece = string | { readonly group: number };

/**
 * Splits a replacement by Go's rules: `$1`, `$name` (the longest run of letters, digits and `_`), `${name}`, `$$`; a
 * `$` followed by anything else stays. A group that does not exist is the empty text.
 */
export function parseReplacement(replacement: string, groupNames: readonly string[]): Piece[] {
  const pieces: Piece[] = [];
  const pattern = /\$(?:(\$)|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu;
  let end = 0;
  for (const match of replacement.matchAll(pattern)) {
    pieces.push(replacement.slice(end, match.index));
    end = match.index + match[0].length;
    if (match[1] !== undefined) pieces.push('$');
    else pieces.push(groupPiece(match[2] ?? match[3] ?? '', groupNames));
  }
  pieces.push(replacement.slice(end));
  return pieces;
}

function groupPiece(name: string, groupNames: readonly string[]): Piece {
  // A number with a leading zero is a name, and names are never numbers.
  if (/^(0|[1-9][0-9]*)$/.test(name)) return Number(name) < groupNames.length ? { group: Number(name) } : '';
  const group = groupNames.indexOf(name, 1);
  return group > 0 ? { group } : '';
}

/** The replacement text for one match; `spans` are pairs of positions by group, -1 where a group took no part. */
export function expandPieces(pieces: readonly Piece[], text: string, spans: ArrayLike<number>): string {
  let out = '';
  for (const piece of pieces) {
    if (typeof piece === 'string') out += piece;
    else if ((spans[2 * piece.group] ?? -1) >= 0) {
      out += text.slice(spans[2 * piece.group], spans[2 * piece.group + 1]);
    }
  }
  return out;
}
