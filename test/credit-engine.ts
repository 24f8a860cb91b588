import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** How an engine answers; left out: 200 with no body. */
export interface Behaviour {
  status?: number;
  headers?: Record<string, string>;
  body?: string;
  /** closes the connection instead */
  hangUp?: boolean;
}

/** A lender's credit engine in a test, on a port of this machine. */
export class CreditEngine {
  calls: { headers: IncomingHttpHeaders; body: unknown }[] = [];
  private behaviour: Behaviour = {};

  private constructor(private readonly server: Server) {}

  static async open(): Promise<CreditEngine> {
    const server = createServer();
    const engine = new CreditEngine(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        engine.calls.push({ headers: request.headers, body: JSON.parse(Buffer.concat(chunks).toString()) });
        const { status = 200, headers = {}, body = '', hangUp = false } = engine.behaviour;
        if (hangUp) request.socket.destroy();
        else response.writeHead(status, headers).end(body);
      });
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return engine;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/decide`;
  }

  answers(body: object): void {
    this.behaviour = { body: JSON.stringify(body) };
  }

  behaves(behaviour: Behaviour): void {
    this.behaviour = behaviour;
  }

  forget(): void {
    this.calls = [];
    this.behaviour = {};
  }

  close(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.close((error) => (error === undefined ? resolve() : reject(error)));
    });
  }
}
