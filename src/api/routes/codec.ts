import type { Payload } from '@temporalio/common';
import { z } from 'zod';
import { CannotOpen } from '../../platform/key-ring';
import { SealingCodec } from '../../platform/payload-codec';
import { type Context, ok, operation, type TenantOperation } from '../operation';
import { okOf } from './answers';

/** Temporal takes payloads of 2 MB; those of one event, in base64, are below twice that. */
const MAX_BODY_BYTES = 4 * 1024 * 1024;
/** More than any event of ours has. */
const MAX_PAYLOADS = 1_000;

const bytes = z.base64('must be base64');

// The protocol is Temporal's: what it may have beside is let through, as with OAuth.
const payload = z
  .object({ metadata: z.record(z.string(), bytes).optional(), data: bytes.optional() })
  .meta({ id: 'Payload', description: "Temporal's Payload, as protobuf's JSON has it." });
const payloads = z.object({ payloads: z.array(payload).max(MAX_PAYLOADS) }).meta({ id: 'Payloads' });
type Written = z.output<typeof payload>;

const read = ({ metadata = {}, data }: Written): Payload => ({
  metadata: Object.fromEntries(Object.entries(metadata).map(([name, text]) => [name, Buffer.from(text, 'base64')])),
  ...(data === undefined ? {} : { data: Buffer.from(data, 'base64') }),
});

const base64 = (value: Uint8Array): string => Buffer.from(value).toString('base64');

const write = ({ metadata, data }: Payload): Written => ({
  metadata: Object.fromEntries(Object.entries(metadata ?? {}).map(([name, value]) => [name, base64(value)])),
  ...(data == null ? {} : { data: base64(data) }),
});

/** What can't be opened is shown as it is: beside it on the page is what can. */
async function decode(codec: SealingCodec, { log }: Context, sealed: Written): Promise<Written> {
  try {
    const [opened = {}] = await codec.decode([read(sealed)]);
    return write(opened);
  } catch (error) {
    if (!(error instanceof CannotOpen)) throw error;
    log.warn({ reason: error.message }, 'a payload could not be decoded');
    return sealed;
  }
}

const coding = {
  tag: 'Codec',
  scope: 'payloads:decode',
  method: 'post',
  temporalUi: true,
  maxBodyBytes: MAX_BODY_BYTES,
  // the UI sends a parameter of its own
  query: z.object({}),
  body: payloads,
  answers: okOf(payloads),
} as const;

const NO_STORE = { 'Cache-Control': 'no-store' };

/** Temporal's remote codec protocol: its UI and its CLI send what they have from the server here. */
export const codecOperations: readonly TenantOperation[] = [
  operation({
    ...coding,
    id: 'decodePayloads',
    path: '/codec/decode',
    summary: 'Open payloads of workflows, for the Temporal UI.',
    handle: async (context, { body }) => {
      const codec = new SealingCodec(context.services.keyRing);
      return ok({ payloads: await Promise.all(body.payloads.map((each) => decode(codec, context, each))) }, NO_STORE);
    },
  }),
  operation({
    ...coding,
    id: 'encodePayloads',
    path: '/codec/encode',
    summary: 'Seal payloads for workflows, as operators write them in the Temporal UI.',
    handle: async ({ services }, { body }) => {
      const sealed = await new SealingCodec(services.keyRing).encode(body.payloads.map(read));
      return ok({ payloads: sealed.map(write) }, NO_STORE);
    },
  }),
];
