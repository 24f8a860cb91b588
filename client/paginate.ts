/** A page of a list. */
export interface Page<T> {
  data: T[];
  next_cursor: string | null;
}

/**
 * The entries of a list on all its pages, fetched one by one as they are reached:
 *
 *     for await (const loan of paginate((page) => tenor.listLoans({ status: 'ACTIVE', ...page }))) …
 */
export async function* paginate<T>(list: (page: { cursor?: string }) => Promise<Page<T>>): AsyncGenerator<T, void> {
  let page = await list({});
  yield* page.data;
  while (page.next_cursor !== null) {
    page = await list({ cursor: page.next_cursor });
    yield* page.data;
  }
}
