import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { APPLICATION_ROLE } from '../db/database';

const LOGIN = 'tenor_sandbox';
const PASSWORD_BYTES = 24;

/**
 * Makes the login that a sandbox's API and worker use, as an operator would make one: a member of the application's role and
 * nothing more, so that not even in the sandbox they could get past the wall between tenants. Its password is a new one each time
 * and is kept nowhere.
 *
 * @param ownerUrl of a database whose schema is there
 * @returns the login's URL
 */
export async function makeSandboxLogin(ownerUrl: string): Promise<string> {
  const password = randomBytes(PASSWORD_BYTES).toString('base64url');
  const client = new pg.Client({ connectionString: ownerUrl });
  await client.connect();
  try {
    await client.query(`do $$ begin create role ${LOGIN}; exception when duplicate_object then null; end $$`);
    await client.query(`alter role ${LOGIN} login password '${password}'`);
    await client.query(`grant ${APPLICATION_ROLE} to ${LOGIN}`);
  } finally {
    await client.end();
  }
  const url = new URL(ownerUrl);
  url.username = LOGIN;
  url.password = password;
  return url.href;
}
