/** The value that so many percent of some are not above. */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(Math.ceil((percent / 100) * sorted.length) - 1, 0)] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => percentile(values, 50);

export const count = (value: number): string => value.toFixed(value < 100 ? 2 : 0);

/** A ratio and what it was to be. */
export function ratio(ours: number, floor: number, target: string): string {
  const value = (ours / floor).toFixed(2);
  return target === '' ? value : `${value} (${target})`;
}

/** Prints rows of cells under a header: by default of name, ours, floor and ratio. */
export function table(
  title: string,
  rows: readonly (readonly string[])[],
  header: readonly string[] = ['', 'Tenor', 'floor', 'ratio'],
): void {
  const widths = [38, 12, 12];
  console.log(`\n${title}`);
  for (const row of [header, ...rows]) {
    console.log(`  ${row.map((cell, index) => cell.padEnd(widths[index] ?? 0)).join('')}`);
  }
}
