import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { verifySignature, type WebhookEvent } from '../../client/webhooks';

/** Every so many deliveries are refused, each event once: the second retry would come in five minutes. */
const REFUSED_EVERY = 97;

/** A receiver of webhooks that outlives Tenor's processes, and writes down what it took in which order. */
export class Receiver {
  /** in the order of their arrival; what was refused is not among them */
  readonly taken: { event: string; loan: string }[] = [];
  readonly wrong: string[] = [];
  private readonly refusedOnce = new Set<string>();
  secret = '';
  /** how long it thinks before it answers */
  answersAfterMs = 0;
  private arrived = 0;

  private constructor(private readonly server: Server) {}

  static async open(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      void receiver.receive(request).then(
        (status) => response.writeHead(status).end(),
        (error: unknown) => {
          // the sender may have died; what it sent came before that, or is sent again
          if (request.complete) receiver.wrong.push(String(error));
          response.writeHead(500).end();
        },
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get refused(): number {
    return this.refusedOnce.size;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks`;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async receive(request: IncomingMessage): Promise<number> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    verifySignature(body, request.headers, this.secret);
    const event = JSON.parse(body.toString()) as WebhookEvent;
    this.arrived += 1;
    if (this.arrived % REFUSED_EVERY === 0 && !this.refusedOnce.has(event.id)) {
      this.refusedOnce.add(event.id);
      return 500;
    }
    this.taken.push({ event: event.id, loan: event.data.id });
    await sleep(this.answersAfterMs);
    return 200;
  }
}
