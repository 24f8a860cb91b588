import { createServer } from 'node:net';
import { StartupError } from './startup-error';

const LOOPBACK = '127.0.0.1';

/**
 * Refuses to go on where something already listens on a loopback port.
 *
 * @throws StartupError naming the port, who wanted it, and the variable that moves it
 */
export async function requireFreePort(port: number, wantedBy: string, variable: string): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const problem = code === 'EADDRINUSE' ? 'is in use by another program' : `cannot be listened on (${code})`;
    throw new StartupError(
      `Port ${port} of ${LOOPBACK}, wanted for ${wantedBy}, ${problem}. ` +
        `Stop what listens there, or choose another port with ${variable}=<port>.`,
    );
  }
}

/** A loopback port that nothing listens on at this moment. */
export async function freePort(): Promise<number> {
  return await listenOnce(0);
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: LOOPBACK, exclusive: true }, () => {
      const address = server.address();
      const bound = typeof address === 'object' && address !== null ? address.port : port;
      server.close(() => resolve(bound));
    });
  });
}
