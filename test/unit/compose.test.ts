import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ENVIRONMENT, loadConfig } from '../../src/config';
import { ROLES } from '../../src/main';

const ROOT = path.join(__dirname, '..', '..');
const duration = z.string().regex(/^\d+(ms|s|m|h)$/);
const text = z.union([z.string(), z.number()]).transform(String);

/** The parts of the compose specification that our file uses, strictly: a misspelt key is an error. */
const service = z.strictObject({
  image: z.string(),
  build: z.string().optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  init: z.boolean().optional(),
  restart: z
    .string()
    .regex(/^(no|always|unless-stopped|on-failure(:\d+)?)$/)
    .optional(),
  stop_grace_period: duration.optional(),
  environment: z.record(z.string().regex(/^[A-Z][A-Z0-9_]*$/), text).optional(),
  depends_on: z
    .record(
      z.string(),
      z.strictObject({ condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']) }),
    )
    .optional(),
  deploy: z.strictObject({ replicas: z.int().positive() }).optional(),
  ports: z.array(z.string().regex(/^127\.0\.0\.1:\d+(-\d+)?:\d+$/, 'must be published on loopback only')).optional(),
  volumes: z.array(z.string()).optional(),
  configs: z.array(z.strictObject({ source: z.string(), target: z.string().startsWith('/') })).optional(),
  healthcheck: z
    .strictObject({
      test: z.array(z.string()).min(2),
      interval: duration,
      timeout: duration,
      start_period: duration.optional(),
      retries: z.int().positive(),
    })
    .optional(),
});
const composeFile = z.strictObject({
  name: z.string(),
  'x-tenor': z.unknown(),
  services: z.record(z.string(), service),
  configs: z.record(z.string(), z.strictObject({ content: z.string() })),
  volumes: z.record(z.string(), z.null()),
});

const compose = composeFile.parse(parse(readFileSync(path.join(ROOT, 'docker-compose.yml'), 'utf8'), { merge: true }));
const services = Object.entries(compose.services);
const ours = services.filter(([, { build }]) => build !== undefined);

/** As compose does it, with `value` for every variable that must be set; `$$` is a dollar sign. */
function interpolate(template: string, value: string): string {
  return template.replace(/\$\{[A-Z_]+:?([-?])([^}]*)\}/g, (_, kind, rest) => (kind === '-' ? rest : value));
}

describe('docker-compose.yml', () => {
  it('runs PostgreSQL, Temporal with its UI, a migration, two APIs and two workers', () => {
    expect(Object.keys(compose.services)).toEqual(
      expect.arrayContaining(['postgres', 'temporal', 'temporal-ui', 'migrate', 'api', 'worker']),
    );
    expect(compose.services.api?.deploy?.replicas).toBe(2);
    expect(compose.services.worker?.deploy?.replicas).toBe(2);
  });

  it('refers only to services, configs and volumes that it has', () => {
    for (const [, each] of services) {
      for (const name of Object.keys(each.depends_on ?? {})) expect(Object.keys(compose.services)).toContain(name);
      for (const { source } of each.configs ?? []) expect(Object.keys(compose.configs)).toContain(source);
      for (const volume of each.volumes ?? []) expect(Object.keys(compose.volumes)).toContain(volume.split(':')[0]);
    }
  });

  it('waits for the health only of services that tell it', () => {
    for (const [, each] of services) {
      for (const [name, { condition }] of Object.entries(each.depends_on ?? {})) {
        if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck).toBeDefined();
      }
    }
  });

  it('publishes as many ports as there are APIs', () => {
    const [, first, last] = /:(\d+)-(\d+):/.exec(compose.services.api?.ports?.[0] ?? '') ?? [];
    expect(Number(last) - Number(first) + 1).toBe(compose.services.api?.deploy?.replicas);
  });

  it.each(ours)('gives %s a role that Tenor has and only variables that it reads', (_, { command, environment }) => {
    expect(Object.keys(ROLES)).toContain(command?.[0]);
    expect(Object.keys(ENVIRONMENT.shape)).toEqual(expect.arrayContaining(Object.keys(environment ?? {})));
  });

  it.each(ours)('configures %s for production', (_, { environment }) => {
    const env = Object.fromEntries(
      Object.entries(environment ?? {}).map(([name, value]) => [
        name,
        interpolate(value, 'https://issuer.example.com'),
      ]),
    );
    const url = 'postgres://tenor_service:password@postgres:5432/tenor';
    const TENOR_ENCRYPTION_KEYS = `k1:${Buffer.alloc(32).toString('base64')}`;
    const given = { ...env, DATABASE_URL: url, MIGRATION_DATABASE_URL: url, TENOR_ENCRYPTION_KEYS };
    expect(loadConfig(given).mode).toBe('production');
  });

  it('takes passwords and the issuer from outside, and says what is missing', () => {
    for (const [, each] of services) {
      for (const [name, value] of Object.entries(each.environment ?? {})) {
        if (/PASSWORD|PWD|(?:DATABASE|JWKS)_URL$|AUTH_ISSUER|ENCRYPTION_KEYS/.test(name))
          expect(value).toMatch(/\$\{[A-Z_]+:\?[^}]+\}/);
      }
    }
  });
});

describe('the Dockerfile', () => {
  const file = readFileSync(path.join(ROOT, 'Dockerfile'), 'utf8');

  it('runs as another user than root, by default a role that Tenor has', () => {
    const final = file.slice(file.lastIndexOf('\nFROM '));
    expect(final).toMatch(/^USER node$/m);
    const [, role] = /^CMD \["([a-z]+)"\]$/m.exec(final) ?? [];
    expect(Object.keys(ROLES)).toContain(role);
  });
});
