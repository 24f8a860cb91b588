import { randomUUID } from 'node:crypto';
import { Client, Connection } from '@temporalio/client';
import type { Knex } from 'knex';
import pino from 'pino';
import { startApi } from '../src/api/server';
import { type Config, loadConfig } from '../src/config';
import { dataConverterOf } from '../src/platform/payload-codec';
import { requireDocumented } from './documented';
import { BUSY_MACHINE, TEST_KEYS, testKeyRing } from './stories/keys';

/** What came back for a request. */
export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what tests are about
  body: any;
}

export interface Ask {
  /** default: the client's own; null sends none */
  token?: string | null;
  /** default for POST: a new one; null sends none */
  key?: string | null;
  headers?: Record<string, string>;
}

/** Calls of one client of the API. */
export class ApiClient {
  constructor(
    readonly url: string,
    readonly token: string,
  ) {}

  get(path: string, ask?: Ask): Promise<Reply> {
    return this.send('GET', path, undefined, ask);
  }

  post(path: string, body?: unknown, ask?: Ask): Promise<Reply> {
    return this.send('POST', path, body, ask);
  }

  put(path: string, body: unknown, ask?: Ask): Promise<Reply> {
    return this.send('PUT', path, body, ask);
  }

  delete(path: string, ask?: Ask): Promise<Reply> {
    return this.send('DELETE', path, undefined, ask);
  }

  /** @param given the body: a string is sent as it stands */
  async send(method: string, path: string, given?: unknown, ask: Ask = {}): Promise<Reply> {
    const { token = this.token, key = method === 'POST' ? randomUUID() : null } = ask;
    const response = await fetch(this.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
        ...(key === null ? {} : { 'idempotency-key': key }),
        ...(given === undefined ? {} : { 'content-type': 'application/json' }),
        ...ask.headers,
      },
      ...(given === undefined ? {} : { body: typeof given === 'string' ? given : JSON.stringify(given) }),
    });
    const text = await response.text();
    const isJson = (response.headers.get('content-type') ?? '').includes('json');
    const body = isJson ? JSON.parse(text) : undefined;
    requireDocumented(method, path, { status: response.status, body });
    return { status: response.status, headers: response.headers, text, body };
  }

  /** The list's entries on all its pages. */
  // biome-ignore lint/suspicious/noExplicitAny: as in Reply
  async all(path: string, limit: number): Promise<any[]> {
    const found = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const query = `${path.includes('?') ? '&' : '?'}limit=${limit}${cursor === '' ? '' : `&cursor=${cursor}`}`;
      const { body } = await this.get(path + query);
      found.push(...body.data);
      cursor = body.next_cursor;
    }
    return found;
  }
}

/** An API on a database, and the means to start another on the same one. */
export class ApiStage {
  private constructor(
    private readonly running: { url: string; close(): Promise<void> },
    private readonly connection: Connection,
    readonly config: Config,
  ) {}

  static async open(
    on: { db: Knex; temporal: { address: string; namespace: string } },
    changes: Partial<Config> = {},
    log = pino({ level: process.env.TEST_LOG ?? 'silent' }),
  ): Promise<ApiStage> {
    const config = { ...loadConfig({ ...TEST_KEYS, ...BUSY_MACHINE, PORT: '0' }), ...changes };
    const connection = Connection.lazy({ address: on.temporal.address });
    const keyRing = testKeyRing();
    const dataConverter = dataConverterOf(keyRing);
    const temporal = new Client({ connection, namespace: on.temporal.namespace, dataConverter });
    return new ApiStage(await startApi({ config, db: on.db, temporal, keyRing, log }), connection, config);
  }

  get url(): string {
    return this.running.url;
  }

  /** A client with a token of one of the sandbox's clients. */
  async client(id = 'demo', grant: { scope?: string; member_id?: string; roles?: string } = {}): Promise<ApiClient> {
    const { body } = await new ApiClient(this.url, '').post(
      '/oauth/token',
      { grant_type: 'client_credentials', client_id: id, client_secret: `${id}-secret`, ...grant },
      { token: null, key: null },
    );
    return new ApiClient(this.url, body.access_token);
  }

  async close(): Promise<void> {
    await this.running.close();
    await this.connection.close();
  }
}

export const POOL = {
  name: 'Main pool',
  currency: 'USD',
  size: 100_000_000,
  policies: { max_loan_ratio: 0.6, delinquency_threshold_days: 30, approval_required: true },
};

/** A loan of 12,000.00 over 12 months at 9 %. */
export const LOAN = {
  amount: 1_200_000,
  currency: 'USD',
  terms: { rate_bps: 900, amortization: 'EQUAL_INSTALLMENTS' },
  schedule: { frequency: 'MONTHLY', installments: 12 },
};
