import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A delivery as it arrived. */
export interface Arrival {
  headers: IncomingHttpHeaders;
  body: string;
  // biome-ignore lint/suspicious/noExplicitAny: what is in it is what tests are about
  event: any;
}

/** A status to answer with, or what to do instead. */
export type Answering = (arrival: Arrival, answer: ServerResponse) => number | undefined;

/** A receiver of webhooks on this machine, which keeps what it is sent. */
export class Receiver {
  readonly arrivals: Arrival[] = [];
  answering: Answering = () => 204;

  private readonly server = createServer((request, answer) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      const arrival = { headers: request.headers, body, event: JSON.parse(body) };
      this.arrivals.push(arrival);
      const status = this.answering(arrival, answer);
      if (status !== undefined) answer.writeHead(status).end(`answer ${status}`);
    });
  });

  static async open(): Promise<Receiver> {
    const receiver = new Receiver();
    receiver.server.listen(0, '127.0.0.1');
    await once(receiver.server, 'listening');
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hooks`;
  }

  /** The ids of the events that arrived, in their order. */
  get ids(): string[] {
    return this.arrivals.map(({ event }) => event.id);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }
}
