/** Which of some known names is meant by one that is unknown. */

/**
 * The known name that is most like the given one, whatever the case and underscores, or `undefined` where none is alike:
 * more than a third of the letters would have to change.
 */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const letters = (text: string) => text.replaceAll('_', '').toLowerCase();
  const distances = known.map((candidate) => editDistance(letters(name), letters(candidate)));
  const least = Math.min(...distances);
  return least <= letters(name).length / 3 ? known[distances.indexOf(least)] : undefined;
}

/** How many letters have to be inserted, deleted or replaced to turn one text into the other (Levenshtein, 1965). */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (const [i, letter] of [...from].entries()) {
    const above = row;
    row = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = (above[j] as number) + (letter === to[j] ? 0 : 1);
      row.push(Math.min(replaced, (above[j + 1] as number) + 1, (row[j] as number) + 1));
    }
  }
  return row.at(-1) as number;
}
