import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

/** A call that was answered for good. */
export interface Acknowledged {
  key: string;
  path: string;
  body: object;
  status: number;
  /** the answer, as it came */
  text: string;
  /** how often it had to be asked */
  attempts: number;
}

/** An answer of the API, read. */
export interface Outcome<T> {
  status: number;
  body: T;
}

/** Longer than the API lets a disbursement wait. */
const ATTEMPT_TIMEOUT_MS = 30_000;
/** A call that is not answered by then never will be: the longest way is a payout whose worker died, and a restart. */
const CALL_LIMIT_MS = 120_000;
const RETRY_MS = 200;
/** Every so many calls goes out twice at once, to two APIs, as an impatient client's would. */
const TWICE_EVERY = 7;

/**
 * A lender's back end as it should be: it gives each call a key, repeats it until it is answered, and writes down what was
 * answered. That journal is what the books are held against.
 */
export class Lender {
  readonly journal: Acknowledged[] = [];
  /** answers that nobody should get, whatever crashed */
  readonly wrong: string[] = [];
  /** calls that wait for their answer now */
  inFlight = 0;
  private calls = 0;

  constructor(
    private readonly urls: readonly string[],
    private readonly token: string,
  ) {}

  static async login(urls: readonly string[]): Promise<Lender> {
    const response = await fetch(`${urls[0]}/oauth/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', client_id: 'demo', client_secret: 'demo-secret' }),
    });
    const { access_token } = (await response.json()) as { access_token: string };
    return new Lender(urls, access_token);
  }

  /**
   * Calls until there is an answer, and notes it.
   *
   * @param expected the answers that may come; another one is noted as wrong
   * @throws Error on an answer that may not come, or none
   */
  async post<T>(path: string, body: object, ...expected: number[]): Promise<Outcome<T>> {
    const key = randomUUID();
    this.calls += 1;
    this.inFlight += 1;
    try {
      const repeated = this.calls % TWICE_EVERY === 0;
      const [answer, same] = await Promise.all([
        this.untilAnswered(key, path, body, this.calls),
        repeated ? this.untilAnswered(key, path, body, this.calls + 1) : undefined,
      ]);
      if (!expected.includes(answer.status)) throw this.isWrong(`${path} answered ${answer.status}: ${answer.text}`);
      // A refusal is not kept, so a repeated one has another request id.
      const stored = answer.status < 300 || answer.status === 502;
      if (stored && same !== undefined && same.text !== answer.text)
        throw this.isWrong(`${path} answered one key in two ways: ${answer.text} and ${same.text}`);
      this.journal.push(answer);
      return { status: answer.status, body: JSON.parse(answer.text) as T };
    } finally {
      this.inFlight -= 1;
    }
  }

  /** What an acknowledged call answers when it is repeated. */
  async repeat({ key, path, body }: Acknowledged): Promise<{ status: number; text: string; replayed: boolean }> {
    const [url = ''] = this.urls;
    const response = await this.send(url, key, path, body);
    const replayed = response.headers.get('idempotency-replayed') === 'true';
    return { status: response.status, text: await response.text(), replayed };
  }

  async get<T>(path: string): Promise<T> {
    const [url = ''] = this.urls;
    const response = await fetch(url + path, { headers: { authorization: `Bearer ${this.token}` } });
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`);
    return (await response.json()) as T;
  }

  private async untilAnswered(key: string, path: string, body: object, first: number): Promise<Acknowledged> {
    const deadline = Date.now() + CALL_LIMIT_MS;
    let last = '';
    for (let attempts = 1; Date.now() < deadline; attempts += 1) {
      const url = this.urls[(first + attempts) % this.urls.length] ?? '';
      try {
        const response = await this.send(url, key, path, body);
        const { status } = response;
        const text = await response.text();
        if (!isPassing(status, text)) return { key, path, body, status, text, attempts };
        last = `${status} ${text}`;
      } catch (error) {
        // refused, cut off or not answered in time: what became of it is not known, and the key makes it safe to ask again
        last = String(error);
      }
      await sleep(RETRY_MS);
    }
    throw this.isWrong(`${path} with key ${key} was not answered in ${CALL_LIMIT_MS / 1000} s; last: ${last}`);
  }

  private async send(url: string, key: string, path: string, body: object): Promise<Response> {
    return fetch(url + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${this.token}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(ATTEMPT_TIMEOUT_MS),
    });
  }

  private isWrong(what: string): Error {
    this.wrong.push(what);
    return new Error(what);
  }
}

function isPassing(status: number, text: string): boolean {
  return status === 503 || (status === 409 && text.includes('/problems/idempotency-in-progress'));
}
