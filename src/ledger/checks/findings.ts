import type { Knex } from 'knex';

/** What is wrong with the books: which check says so, of what, and how. */
export interface Finding {
  check: string;
  subject: string;
  detail: string;
}

/** Whoever has to repair books reads some findings and looks for their common cause; the rest is a number. */
export const MAX_FINDINGS = 100;

/** Collects what a verification looked at and what it found, in bounded memory. */
export class Findings {
  readonly listed: Finding[] = [];
  total = 0;
  private readonly counts = new Map<string, number>();

  get checked(): { name: string; count: number }[] {
    return [...this.counts].map(([name, count]) => ({ name, count }));
  }

  /** Notes that so many things of a kind were looked at. */
  looked(name: string, count: number): void {
    this.counts.set(name, (this.counts.get(name) ?? 0) + count);
  }

  add(check: string, subject: string, detail: string): void {
    this.total += 1;
    if (this.listed.length < MAX_FINDINGS) this.listed.push({ check, subject, detail });
  }

  /**
   * Adds what a query finds wrong.
   *
   * @param wrong a SELECT of `subject` and `detail`, one row for each thing that is wrong
   */
  async addFrom(trx: Knex, check: string, wrong: string, values: readonly Knex.Value[] = []): Promise<void> {
    const { rows }: { rows: { subject: string; detail: string; total: number }[] } = await trx.raw(
      `select subject, detail, count(*) over () as total from (${wrong}) as wrong order by subject limit ${MAX_FINDINGS}`,
      [...values],
    );
    for (const { subject, detail } of rows) this.add(check, subject, detail);
    this.total += (rows[0]?.total ?? 0) - rows.length;
  }
}
