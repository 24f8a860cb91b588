import { randomUUID } from 'node:crypto';
import { Agent, createServer, request, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type CryptoKey, exportJWK, generateKeyPair, SignJWT } from 'jose';

/** The API answers much faster, or not at all. */
const TIMEOUT_MS = 30_000;
const TOKEN_LIFE = '2h';
const SCOPE = 'pooledcredit:read pooledcredit:write loans:write loans:approve';

/** An issuer of tokens for any client of any tenant. */
export class Issuer {
  private constructor(
    private readonly server: Server,
    private readonly key: CryptoKey,
  ) {}

  static async open(): Promise<Issuer> {
    const { privateKey, publicKey } = await generateKeyPair('ES256');
    const keys = JSON.stringify({ keys: [{ ...(await exportJWK(publicKey)), kid: 'bench', alg: 'ES256' }] });
    const server = createServer((_req, res) => res.setHeader('content-type', 'application/json').end(keys));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return new Issuer(server, privateKey);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  token(org: string, client: string): Promise<string> {
    return new SignJWT({ org, scope: SCOPE })
      .setProtectedHeader({ alg: 'ES256', kid: 'bench' })
      .setIssuer(this.url)
      .setAudience('tenor')
      .setSubject(client)
      .setIssuedAt()
      .setExpirationTime(TOKEN_LIFE)
      .sign(this.key);
  }

  close(): void {
    this.server.close();
    this.server.closeAllConnections();
  }
}

/** A loan, and clients of its tenant who ask for it in turn. */
export interface Loan {
  id: string;
  tokens: string[];
}

/** Calls one side's API, over connections that stay open. */
export class Caller {
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  constructor(private readonly url: string) {}

  /** @throws Error where the answer is not a success */
  // biome-ignore lint/suspicious/noExplicitAny: each answer has its own shape, and none is looked at closely
  call(token: string, method: 'GET' | 'POST', path: string, body?: object): Promise<any> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      authorization: `Bearer ${token}`,
      ...(method === 'POST' ? { 'idempotency-key': randomUUID(), 'content-type': 'application/json' } : {}),
      ...(text === undefined ? {} : { 'content-length': Buffer.byteLength(text) }),
    };
    return new Promise((resolve, reject) => {
      const { agent } = this;
      const sent = request(this.url + path, { method, headers, agent, timeout: TIMEOUT_MS }, (res) => {
        const chunks: Buffer[] = [];
        res.on('data', (chunk: Buffer) => chunks.push(chunk));
        res.on('error', reject);
        res.on('end', () => {
          const answer = Buffer.concat(chunks).toString();
          if ((res.statusCode ?? 0) < 300) resolve(JSON.parse(answer));
          else reject(new Error(`${method} ${path}: ${res.statusCode} ${answer}`));
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  }

  /** A loan that is paid out, of a pool and a borrower of its own. */
  async disbursedLoan(tokens: string[]): Promise<Loan> {
    const [token = ''] = tokens;
    const post = (path: string, body: object) => this.call(token, 'POST', path, body);
    const pool = await post('/creditpools', {
      name: 'Pool',
      currency: 'USD',
      size: 10_000_000_000,
      policies: { max_loan_ratio: 1, delinquency_threshold_days: 30, approval_required: false },
    });
    const lender = await post('/members', { name: 'Lender', type: 'COMPANY' });
    await post(`/creditpools/${pool.id}/contributions`, {
      member_id: lender.id,
      amount: 10_000_000_000,
      currency: 'USD',
    });
    const borrower = await post('/members', { name: 'Borrower' });
    for (const type of ['CREDIT_CHECK', 'LOAN_AGREEMENT']) await post(`/members/${borrower.id}/consents`, { type });
    const job = await post(`/creditpools/${pool.id}/loans`, {
      borrower_id: borrower.id,
      amount: 1_200_000_000,
      currency: 'USD',
      purpose: 'to be measured',
      terms: { rate_bps: 900, amortization: 'EQUAL_INSTALLMENTS' },
      schedule: { frequency: 'MONTHLY', installments: 12 },
    });
    await post(`/loans/${job.resource.id}/disburse`, {});
    return { id: job.resource.id, tokens };
  }

  close(): void {
    this.agent.destroy();
  }
}
