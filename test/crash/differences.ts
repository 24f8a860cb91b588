/** What is in one list and not in the other, with how often. */
export function differences(acknowledged: readonly string[], kept: readonly string[]): string[] {
  const counts = new Map<string, { acknowledged: number; kept: number }>();
  const count = (list: readonly string[], side: 'acknowledged' | 'kept'): void => {
    for (const item of list) {
      const seen = counts.get(item) ?? { acknowledged: 0, kept: 0 };
      seen[side] += 1;
      counts.set(item, seen);
    }
  };
  count(acknowledged, 'acknowledged');
  count(kept, 'kept');
  return [...counts].flatMap(([item, times]) =>
    times.acknowledged === times.kept ? [] : [`${item}: acknowledged ${times.acknowledged} x, kept ${times.kept} x`],
  );
}
