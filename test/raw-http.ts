import { connect } from 'node:net';

/** A server that has not closed the connection by then hangs. */
const HANG_MS = 5_000;

/** One answer as it came over the wire. */
export interface RawAnswer {
  status: number;
  headers: string;
  body: string;
}

/**
 * Sends bytes as they stand, and answers what came back until the server closed the connection.
 *
 * @throws Error where it does not close it
 */
export async function sendRaw(
  url: string,
  bytes: string | Buffer,
  more?: { after: number; bytes: string },
): Promise<RawAnswer[]> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  const chunks: Buffer[] = [];
  socket.on('data', (chunk) => chunks.push(chunk));
  socket.on('error', () => {});
  socket.write(bytes);
  if (more !== undefined) setTimeout(() => socket.write(more.bytes), more.after);
  await new Promise<void>((resolve, reject) => {
    const hang = setTimeout(() => {
      socket.destroy();
      reject(new Error(`the connection stays open after ${JSON.stringify(Buffer.concat(chunks).toString())}`));
    }, HANG_MS);
    socket.once('close', () => {
      clearTimeout(hang);
      resolve();
    });
  });
  return answersIn(Buffer.concat(chunks).toString());
}

/** The answers that follow one another on a connection, by their Content-Length. */
function answersIn(text: string): RawAnswer[] {
  const answers: RawAnswer[] = [];
  for (let rest = text; rest !== ''; ) {
    const [head = ''] = rest.split('\r\n\r\n', 1);
    const status = Number(/^HTTP\/1\.1 (\d{3}) /.exec(head)?.[1] ?? Number.NaN);
    const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0);
    const from = head.length + 4;
    answers.push({ status, headers: head, body: rest.slice(from, from + length) });
    rest = rest.slice(from + length);
  }
  return answers;
}
