import { SeenInMemory, verifySignature, verifyWebhook, WebhookError, type WebhookHeaders } from '../../client/webhooks';

// Signatures of this file were made with `openssl dgst -sha256 -hmac`, not with the code under test.
const OLD = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
const NEW = 'whsec_dGhlIHNlY29uZCBzZWNyZXQgaXMgMzIgYnl0ZXM=';
const STRANGER = 'whsec_bm90aGluZyB0aGF0IHdhcyBldmVyIGdpdmVuIHRvIHVz';
const TIME = 1_756_030_500;
const BODY = `{"id":"evt_01J6Q75GKM","type":"pooledcredit.loan.disbursed","created_at":"2025-08-24T10:15:00Z",\
"request_id":"01J6Q75F7PQ1","data":{"id":"loan_01J6Q6Z5G7","pool_id":"pool_01J6Q6TCC0","amount":1000000,\
"currency":"USD","txn_id":"fin_txn_01J6Q75J1M"}}`;
const BY_OLD = '2e3a597f192e9249ff874e24e7fab5cc4d5967781994c8af7d22b93bced9edd1';
const BY_NEW = '05ef2cf3632f9141a2e6b11466438265ce73761ea8137cd5bc06745e6258d735';
const OWN = { 'X-TOSS-Signature': `t=${TIME},v1=${BY_OLD}` };
const STANDARD = {
  'webhook-id': 'evt_01J6Q75GKM',
  'webhook-timestamp': String(TIME),
  'webhook-signature': 'v1,lQR+fLzNRbF7FGqFEX5tiqyyuwMwzvwiibx+ySAYOyM=',
};

const at = (seconds: number) => ({ now: (TIME + seconds) * 1_000 });
const bytes = (text: string) => new TextEncoder().encode(text);

/** The code that a delivery is refused with; undefined where it is taken. */
function refusal(headers: WebhookHeaders, { body = BODY, secrets = OLD as string | string[], now = 0 } = {}) {
  try {
    verifySignature(bytes(body), headers, secrets, at(now));
    return undefined;
  } catch (error) {
    if (error instanceof WebhookError) return error.code;
    throw error;
  }
}

describe('a signature', () => {
  it('is taken as X-TOSS-Signature or as Standard Webhooks have it', () => {
    expect(refusal(OWN)).toBeUndefined();
    expect(refusal(STANDARD)).toBeUndefined();
    expect(() => verifySignature(BODY, OWN, OLD, at(0))).not.toThrow();
  });

  it('is that of the vector which Standard Webhooks publish', () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const now = 1_614_265_330_000;
    expect(() => verifySignature('{"test": 2432232314}', headers, OLD, { now })).not.toThrow();
    expect(() => verifySignature('{"test": 2432232315}', headers, OLD, { now })).toThrow(WebhookError);
  });

  it('is found under any spelling of the header, in any kind of headers', () => {
    const value = OWN['X-TOSS-Signature'];
    expect(refusal(new Headers(OWN))).toBeUndefined();
    expect(refusal({ 'x-toss-signature': value })).toBeUndefined();
    expect(refusal({ 'X-Toss-Signature': [value] })).toBeUndefined();
    expect(refusal({ 'x-toss-signature': undefined, ...STANDARD })).toBeUndefined();
  });

  it('counts bytes, not characters', () => {
    const headers = {
      'x-toss-signature': `t=${TIME},v1=ffd112a5d158a040d5a1443ab6e12927aff76d61b1f8c87f9bf700aa66464989`,
    };
    expect(refusal(headers, { body: '{"naïve":"€"}' })).toBeUndefined();
    expect(() => verifySignature(Buffer.from('{"naïve":"€"}', 'latin1'), headers, OLD, at(0))).toThrow(WebhookError);
  });

  it.each([
    ['a body that was changed', OWN, { body: BODY.replace('1000000', '9000000') }],
    ['a body that was parsed and written again', OWN, { body: JSON.stringify(JSON.parse(BODY), null, 1) }],
    ['a time that was changed', { 'x-toss-signature': `t=${TIME + 1},v1=${BY_OLD}` }, {}],
    ['another secret', OWN, { secrets: STRANGER }],
    ['another secret, the standard way', STANDARD, { secrets: [NEW, STRANGER] }],
    ['an id that was changed', { ...STANDARD, 'webhook-id': 'evt_2' }, {}],
    ['a time that was changed, the standard way', { ...STANDARD, 'webhook-timestamp': String(TIME + 1) }, {}],
    ['a signature cut short', { ...STANDARD, 'webhook-signature': 'v1,lQR+fLzNRbF7' }, {}],
    ['a wrong one, though the other kind fits', { ...STANDARD, 'x-toss-signature': `t=${TIME},v1=${BY_NEW}` }, {}],
  ] as const)('of %s is wrong', (_case, headers, changes) => {
    expect(refusal(headers, changes as never)).toBe('wrong-signature');
  });

  it('is too old or too new beyond five minutes, whichever way', () => {
    expect([refusal(OWN, { now: 300 }), refusal(OWN, { now: -300 })]).toEqual([undefined, undefined]);
    expect([refusal(OWN, { now: 301 }), refusal(OWN, { now: -301 })]).toEqual(['too-old', 'too-new']);
    expect([refusal(STANDARD, { now: 301 }), refusal(STANDARD, { now: -301 })]).toEqual(['too-old', 'too-new']);
    expect(() => verifySignature(BODY, OWN, OLD, { ...at(40), toleranceSeconds: 30 })).toThrow('40 s ago');
  });

  it('says first that it is wrong, then that it is old', () => {
    expect(refusal(OWN, { secrets: NEW, now: 1_000 })).toBe('wrong-signature');
  });
});

describe('while a secret is rotated', () => {
  const both = { 'X-TOSS-Signature': `t=${TIME},v1=${BY_NEW},v1=${BY_OLD}` };
  const bothStandard = {
    ...STANDARD,
    'webhook-signature': `v1,wRFHUK9O9Pxo1bE3rwvFT08awbHTdCfpTZ+51dIp8M4= ${STANDARD['webhook-signature']}`,
  };

  it('a receiver that knows either secret, or both, takes what is signed with both', () => {
    for (const headers of [both, bothStandard])
      for (const secrets of [OLD, NEW, [OLD, NEW], [STRANGER, NEW]])
        expect(refusal(headers, { secrets: secrets as string[] })).toBeUndefined();
    expect(refusal(both, { secrets: STRANGER })).toBe('wrong-signature');
  });

  it('a receiver that knows both takes what is signed with either', () => {
    expect(refusal(OWN, { secrets: [NEW, OLD] })).toBeUndefined();
    expect(refusal({ 'x-toss-signature': `t=${TIME},v1=${BY_NEW}` }, { secrets: [NEW, OLD] })).toBeUndefined();
  });

  it('signatures of versions to come are passed over', () => {
    expect(refusal({ 'x-toss-signature': `t=${TIME},v2=later,v1=${BY_OLD}` })).toBeUndefined();
    expect(refusal({ ...STANDARD, 'webhook-signature': `v2,x ${STANDARD['webhook-signature']}` })).toBeUndefined();
  });
});

describe('headers', () => {
  it.each([
    ['none', {}, 'missing-headers'],
    ['a signature without its id', { ...STANDARD, 'webhook-id': undefined }, 'missing-headers'],
    ['an empty one', { 'x-toss-signature': '' }, 'malformed-headers'],
    ['no time', { 'x-toss-signature': `v1=${BY_OLD}` }, 'malformed-headers'],
    ['no signature', { 'x-toss-signature': `t=${TIME}` }, 'malformed-headers'],
    ['a time that is no number', { 'x-toss-signature': `t=today,v1=${BY_OLD}` }, 'malformed-headers'],
    ['a time that is no whole number', { 'x-toss-signature': `t=1e9,v1=${BY_OLD}` }, 'malformed-headers'],
    ['two times', { 'x-toss-signature': `t=${TIME},t=${TIME},v1=${BY_OLD}` }, 'malformed-headers'],
    ['no hexadecimal', { 'x-toss-signature': `t=${TIME},v1=${'z'.repeat(64)}` }, 'malformed-headers'],
    ['a short signature', { 'x-toss-signature': `t=${TIME},v1=${BY_OLD.slice(2)}` }, 'malformed-headers'],
    ['one right, one short', { 'x-toss-signature': `t=${TIME},v1=${BY_OLD},v1=` }, 'malformed-headers'],
    ['the same header twice', { 'x-toss-signature': [...Object.values(OWN), 't=1'] }, 'malformed-headers'],
    ['twice, in two spellings', { ...OWN, 'x-toss-signature': 't=1' }, 'malformed-headers'],
    ['a standard time that is none', { ...STANDARD, 'webhook-timestamp': '' }, 'malformed-headers'],
    ['a standard signature of no version', { ...STANDARD, 'webhook-signature': BY_OLD }, 'malformed-headers'],
  ] as const)('that are %s are refused', (_case, headers, code) => {
    expect(refusal(headers as WebhookHeaders)).toBe(code);
  });

  it('sent twice over HTTP arrive joined, and are refused', () => {
    const joined = new Headers(OWN);
    joined.append('x-toss-signature', `t=${TIME},v1=${BY_NEW}`);
    expect(refusal(joined)).toBe('malformed-headers');
  });
});

describe('what a receiver does wrong', () => {
  it.each([[''], ['secret'], ['whsec_'], ['whsec_c2hvcnQ='], ['whsec_****************************************']])(
    'the secret %j is an error of its own',
    (secret) => {
      expect(() => verifySignature(BODY, OWN, secret, at(0))).toThrow(TypeError);
      expect(() => verifySignature(BODY, OWN, [OLD, secret], at(0))).toThrow(TypeError);
    },
  );

  it('no secret is one too, and a body that was parsed', () => {
    expect(() => verifySignature(BODY, OWN, [], at(0))).toThrow(TypeError);
    expect(() => verifySignature(JSON.parse(BODY), OWN, OLD, at(0))).toThrow('before any JSON is parsed');
  });
});

describe('an event', () => {
  const take = (seen = new SeenInMemory()) => verifyWebhook(bytes(BODY), OWN, OLD, { ...at(0), seen });

  it('is read from the bytes that were signed', async () => {
    expect(await take()).toEqual(JSON.parse(BODY));
  });

  it('that was seen before is a duplicate, until it is released', async () => {
    const seen = new SeenInMemory();
    await take(seen);
    await expect(take(seen)).rejects.toMatchObject({ code: 'duplicate' });
    seen.release('evt_01J6Q75GKM');
    await expect(take(seen)).resolves.toMatchObject({ id: 'evt_01J6Q75GKM' });
  });

  it('that comes twice at once is taken once', async () => {
    const seen = new SeenInMemory();
    const settled = await Promise.allSettled([take(seen), take(seen), take(seen)]);
    expect(settled.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected']);
  });

  it('is not noted as seen by one who can not sign', async () => {
    const seen = new SeenInMemory();
    const forged = verifyWebhook(BODY, OWN, STRANGER, { ...at(0), seen });
    await expect(forged).rejects.toMatchObject({ code: 'wrong-signature' });
    await expect(take(seen)).resolves.toBeDefined();
  });

  it('is remembered for the whole process where no store is given', async () => {
    await verifyWebhook(BODY, OWN, OLD, at(0));
    await expect(verifyWebhook(BODY, OWN, OLD, at(0))).rejects.toMatchObject({ code: 'duplicate' });
  });

  it('is an object with an id', async () => {
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const read = verifyWebhook('{"test": 2432232314}', headers, OLD, { now: 1_614_265_330_000 });
    await expect(read).rejects.toMatchObject({ code: 'malformed-body' });
  });
});

describe('the memory of what was seen', () => {
  it('is bounded, and forgets what it saw longest ago', () => {
    const seen = new SeenInMemory(3);
    expect(['a', 'b', 'c'].map((id) => seen.claim(id))).toEqual([true, true, true]);
    expect(seen.claim('a')).toBe(false); // and is the last seen now
    expect(seen.claim('d')).toBe(true); // b is forgotten
    expect(['a', 'c', 'd', 'b'].map((id) => seen.claim(id))).toEqual([false, false, false, true]);
  });
});
