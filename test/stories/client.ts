import { randomUUID } from 'node:crypto';

/** An answer of the API: its status, and its body as JSON. */
export interface Answer<T> {
  status: number;
  headers: Headers;
  body: T;
}

/** A lender's back end: the few calls that a story needs, as anyone would write them. */
export class ApiClient {
  private constructor(
    private readonly url: string,
    private readonly token: string,
  ) {}

  static async login(url: string, client = 'demo', secret = 'demo-secret'): Promise<ApiClient> {
    const response = await fetch(`${url}/oauth/token`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ grant_type: 'client_credentials', client_id: client, client_secret: secret }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    return new ApiClient(url, access_token);
  }

  /** @param etag of a PUT: the ETag of what it replaces */
  async send<T>(
    method: string,
    path: string,
    body?: object,
    { key = randomUUID(), etag }: { key?: string; etag?: string } = {},
  ): Promise<Answer<T>> {
    const response = await fetch(this.url + path, {
      method,
      headers: {
        authorization: `Bearer ${this.token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(method === 'POST' ? { 'idempotency-key': key } : {}),
        ...(etag === undefined ? {} : { 'if-match': etag }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as T };
  }

  async get<T>(path: string): Promise<T> {
    return expecting(200, await this.send<T>('GET', path), path);
  }

  async post<T>(path: string, body: object, status = 201): Promise<T> {
    return expecting(status, await this.send<T>('POST', path, body), path);
  }

  /** Replaces what a path shows. */
  async put<T>(path: string, body: object): Promise<T> {
    const { headers } = await this.send('GET', path);
    return expecting(200, await this.send<T>('PUT', path, body, { etag: headers.get('etag') ?? '' }), path);
  }
}

function expecting<T>(status: number, answer: Answer<T>, path: string): T {
  if (answer.status === status) return answer.body;
  throw new Error(`${path} answered ${answer.status}, not ${status}: ${JSON.stringify(answer.body)}`);
}
