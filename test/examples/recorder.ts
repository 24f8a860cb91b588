import { randomUUID } from 'node:crypto';
import type { Example, Examples } from '../../src/api/docs/examples';
import { OPERATIONS } from '../../src/api/operations';

/** What a call says. */
export interface Said {
  params?: Record<string, string>;
  query?: Record<string, string | number>;
  body?: unknown;
  ifMatch?: string;
}

/** Calls the API, and keeps the first request of each operation with its answer. */
export class Recorder {
  readonly examples: Examples = {};

  constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  /** What an operation answers. @throws Error where it refuses */
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what the schemas are held against
  async do(id: string, said: Said = {}): Promise<any> {
    const operation = OPERATIONS.find((each) => each.id === id);
    if (operation === undefined) throw new Error(`there is no operation ${id}`);
    const { params = {}, query = {}, body, ifMatch } = said;
    const filled = operation.path.replaceAll(/\{(\w+)\}/g, (_, name: string) => params[name] ?? '');
    const search = Object.entries(query).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
    const response = await fetch(`${this.url}${filled}${search.length === 0 ? '' : `?${search.join('&')}`}`, {
      method: operation.method.toUpperCase(),
      headers: {
        ...(operation.scope === null ? {} : { authorization: `Bearer ${this.token}` }),
        ...(operation.scope !== null && operation.idempotent === true ? { 'idempotency-key': randomUUID() } : {}),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(ifMatch === undefined ? {} : { 'if-match': ifMatch }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${id} answered ${response.status}: ${text}`);
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    const answer: unknown = isJson ? JSON.parse(text) : undefined;
    this.examples[id] ??= { ...said, status: response.status, ...(answer === undefined ? {} : { answer }) } as Example;
    return answer;
  }
}
