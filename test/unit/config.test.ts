import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import path from 'node:path';
import { ConfigError, ENVIRONMENT, loadConfig } from '../../src/config';

const PRODUCTION = {
  TENOR_MODE: 'production',
  DATABASE_URL: 'postgres://service:hunter2@db/tenor',
  TEMPORAL_ADDRESS: 'temporal:7233',
  AUTH_ISSUER: 'https://issuer.example.com/',
  AUTH_JWKS_URL: 'https://issuer.example.com/jwks',
  TENOR_ENCRYPTION_KEYS: `k1:${Buffer.alloc(32, 1).toString('base64')}`,
};

function problemsOf(env: NodeJS.ProcessEnv): string {
  try {
    loadConfig(env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return error instanceof Error ? error.message : '';
  }
  throw new Error('the environment was accepted');
}

describe('loadConfig', () => {
  it('gives a sandbox on loopback where nothing is set', () => {
    const stateDir = path.resolve('.tenor');
    expect(loadConfig({})).toEqual({
      mode: 'sandbox',
      logLevel: 'info',
      http: { host: '127.0.0.1', port: 8080 },
      database: { poolMax: 16, embedded: { dataDir: path.join(stateDir, 'postgres'), port: 54329 } },
      temporal: {
        namespace: 'default',
        taskQueue: 'tenor',
        uiPort: 8233,
        uiOrigins: ['http://127.0.0.1:8233', 'http://localhost:8233'],
        port: 7233,
        dataDir: stateDir,
      },
      auth: { audience: 'tenor' },
      payouts: { attemptTimeoutMs: 3000 },
      limits: {
        perMinute: { read: 600_000, command: 300_000, heavy: 60_000, token: 6_000 },
        maxInFlightPerClient: 256,
        maxInFlight: 1_000,
        maxEventLoopDelayMs: 300,
      },
      stateDir,
      cacheDir: path.join(homedir(), '.cache', 'tenor'),
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(loadConfig({ PORT: '', DATABASE_URL: '', TENOR_MODE: '' })).toEqual(loadConfig({}));
  });

  it('keeps what is built once in the folder that XDG_CACHE_HOME names, if that is absolute', () => {
    expect(loadConfig({ XDG_CACHE_HOME: '/var/cache' }).cacheDir).toBe('/var/cache/tenor');
    expect(loadConfig({ XDG_CACHE_HOME: 'cache' }).cacheDir).toBe(path.join(homedir(), '.cache', 'tenor'));
  });

  it('migrates as the owner where one is named, and else as the service', () => {
    const url = 'postgres://service@db/tenor';
    expect(loadConfig({ DATABASE_URL: url }).database).toMatchObject({ url, migrationUrl: url });
    const owner = 'postgresql://owner@db/tenor';
    expect(loadConfig({ DATABASE_URL: url, MIGRATION_DATABASE_URL: owner }).database.migrationUrl).toBe(owner);
  });

  it.each([
    ['PORT', '-1', 'from 0 to 65535'],
    ['PORT', '65536', 'from 0 to 65535'],
    ['PORT', '80a', 'from 0 to 65535'],
    ['PORT', '8e3', 'from 0 to 65535'],
    ['TEMPORAL_PORT', '0', 'from 1 to 65535'],
    ['DATABASE_POOL_MAX', '0', 'from 1 to 200'],
    ['PAYOUT_ATTEMPT_TIMEOUT_MS', '8001', 'from 1 to 8000'],
    ['RATE_LIMIT_READ', '-1', 'from 0 to 10000000'],
    ['MAX_IN_FLIGHT', '0', 'from 1 to 10000'],
    ['TENOR_MODE', 'prod', 'sandbox or production'],
    ['LOG_LEVEL', 'verbose', 'trace, debug, info'],
    ['TEMPORAL_ADDRESS', 'http://temporal:7233', 'host:port'],
    ['TEMPORAL_ADDRESS', 'temporal', 'host:port'],
    ['AUTH_ISSUER', 'issuer.example.com', 'must be a URL'],
    ['TEMPORAL_UI_ORIGIN', 'https://temporal.example.com/', 'must be the origin'],
    ['TEMPORAL_UI_ORIGIN', '*', 'must be the origin'],
  ])('refuses %s=%s, naming the variable, the rule and the value', (name, value, rule) => {
    const message = problemsOf({ [name]: value });
    expect(message).toContain(name);
    expect(message).toContain(rule);
    expect(message).toContain(JSON.stringify(value));
  });

  it('never shows a secret', () => {
    expect(problemsOf({ DATABASE_URL: 'mysql://root:hunter2@db/tenor' })).not.toContain('hunter2');
    expect(problemsOf({ MIGRATION_DATABASE_URL: 'hunter2' })).not.toContain('hunter2');
    expect(problemsOf({ TENOR_ENCRYPTION_KEYS: 'hunter2' })).not.toContain('hunter2');
  });

  it('tells every problem at once', () => {
    const message = problemsOf({ PORT: 'x', LOG_LEVEL: 'y' });
    expect(message).toContain('PORT');
    expect(message).toContain('LOG_LEVEL');
  });

  it.each([
    [{ AUTH_ISSUER: 'https://issuer.example.com' }, 'AUTH_JWKS_URL'],
    [{ AUTH_JWKS_URL: 'https://issuer.example.com/jwks' }, 'AUTH_ISSUER'],
    [{ TEMPORAL_TLS_CERT: '/cert.pem' }, 'TEMPORAL_TLS_KEY'],
    [{ MIGRATION_DATABASE_URL: 'postgres://owner@db/tenor' }, 'DATABASE_URL'],
  ])('refuses half of what comes in two: %j', (env, missing) => {
    expect(problemsOf(env)).toContain(missing);
  });

  describe('TENOR_ENCRYPTION_KEYS', () => {
    const key = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`;

    it('names keys, the first of which seals', () => {
      const { encryptionKeys } = loadConfig({ TENOR_ENCRYPTION_KEYS: `${key('k2', 2)}, ${key('k1', 1)}` });
      expect(encryptionKeys).toEqual([
        { id: 'k2', key: Buffer.alloc(32, 2) },
        { id: 'k1', key: Buffer.alloc(32, 1) },
      ]);
    });

    it.each([
      ['no id', Buffer.alloc(32, 1).toString('base64')],
      ['an empty id', key('', 1)],
      ['31 bytes', `k1:${Buffer.alloc(31, 1).toString('base64')}`],
      ['33 bytes', `k1:${Buffer.alloc(33, 1).toString('base64')}`],
      ['base64 without its end', key('k1', 1).slice(0, -1)],
      ['hexadecimal', `k1:${Buffer.alloc(32, 1).toString('hex')}`],
      ['one id twice', `${key('k1', 1)},${key('k1', 2)}`],
      ['a comma at the end', `${key('k1', 1)},`],
    ])('is not taken with %s', (_, value) => {
      expect(problemsOf({ TENOR_ENCRYPTION_KEYS: value })).toContain('must be <id>:<base64 of 32 bytes>');
    });
  });

  it('limits the requests of a client, fewer in production, or as many as is said; 0 is no limit', () => {
    expect(loadConfig(PRODUCTION).limits.perMinute).toEqual({ read: 6_000, command: 3_000, heavy: 300, token: 60 });
    const { perMinute } = loadConfig({ ...PRODUCTION, RATE_LIMIT_READ: '0', RATE_LIMIT_TOKEN: '7' }).limits;
    expect(perMinute).toEqual({ read: 0, command: 3_000, heavy: 300, token: 7 });
  });

  it('takes mutual TLS and an API key for Temporal', () => {
    const env = { TEMPORAL_TLS_CERT: '/c', TEMPORAL_TLS_KEY: '/k', TEMPORAL_TLS_CA: '/ca', TEMPORAL_API_KEY: 'key' };
    expect(loadConfig(env).temporal).toMatchObject({ tls: { cert: '/c', key: '/k', ca: '/ca' }, apiKey: 'key' });
  });

  describe('in production', () => {
    it('accepts an environment that names what is outside', () => {
      expect(loadConfig(PRODUCTION)).toMatchObject({
        mode: 'production',
        auth: { issuer: PRODUCTION.AUTH_ISSUER, jwksUrl: PRODUCTION.AUTH_JWKS_URL },
      });
    });

    it.each(['DATABASE_URL', 'TEMPORAL_ADDRESS', 'AUTH_ISSUER', 'AUTH_JWKS_URL', 'TENOR_ENCRYPTION_KEYS'])(
      'refuses to run without %s',
      (name) => {
        expect(problemsOf({ ...PRODUCTION, [name]: undefined })).toContain(
          `${name} must be set when TENOR_MODE is production`,
        );
      },
    );

    it("refuses the sandbox's own issuer, which is not a URL", () => {
      expect(problemsOf({ ...PRODUCTION, AUTH_ISSUER: 'urn:tenor:sandbox' })).toContain('AUTH_ISSUER');
    });
  });
});

describe('docs/operations.md', () => {
  const text = readFileSync(path.join(__dirname, '..', '..', 'docs', 'operations.md'), 'utf8');
  const rows = new Map(
    [...text.matchAll(/^\| `([A-Z_]+)` \| ([^|]*) \|/gm)].map(([, name, fallback]) => [
      name ?? '',
      fallback?.trim() ?? '',
    ]),
  );

  it('tells of every variable, and of no other', () => {
    expect([...rows.keys()].sort()).toEqual(Object.keys(ENVIRONMENT.shape).sort());
  });

  it.each(Object.entries(ENVIRONMENT.shape))('tells the default of %s', (name, schema) => {
    const fallback = schema.safeParse(undefined).data;
    if (fallback !== undefined) expect(rows.get(name)).toBe(`\`${fallback}\``);
    else expect(rows.get(name)).not.toMatch(/^`[^`]*`$/);
  });
});
