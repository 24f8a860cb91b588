import { idOf } from './ids';
import type { Tenant } from './tenant';

/** Who asks for a command, and under which ids the books keep it. */
export interface Caller {
  commandId: string;
  actor: string;
  requestId: string;
}

/** What a command leaves in the audit trail. */
export interface AuditEntry {
  action: string;
  subject: { type: string; id: string };
  poolId?: string;
  data: object;
}

/** What an outbox event tells the outside. */
export interface OutboxEvent {
  type: string;
  poolId?: string;
  data: object;
}

/** Two commands on one subject that met at the same moment: one of them starts over. */
const ATTEMPTS = 5;
const UNIQUE_VIOLATION = '23505';
const DEADLOCK = '40P01';

/**
 * Runs a command that is one transaction, at most once per command id: `work` changes the books and says what the audit
 * trail keeps of it. The audit record's id is the command's, so a command that was applied before is known by its record
 * and does nothing.
 *
 * @returns the data of the audit record, the first run's where the command is repeated
 */
export async function runCommand<D extends object>(
  tenant: Tenant,
  caller: Caller,
  work: (tenant: Tenant, at: Date) => Promise<AuditEntry & { data: D }>,
): Promise<D> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await tenant.transaction(async (books) => {
        const before = await books
          .table<AuditRow>('audit_records')
          .where({ id: idOf('aud', caller.commandId) })
          .first();
        if (before !== undefined) return before.data as D;
        const at = await books.now();
        const entry = await work(books, at);
        await audit(books, idOf('aud', caller.commandId), caller, entry, at);
        return entry.data;
      });
    } catch (error) {
      if (attempt === ATTEMPTS || !metAnother(error)) throw error;
    }
  }
}

interface AuditRow {
  id: string;
  data: object;
}

/** Adds an event to the outbox, in the command's own transaction. */
export async function tellOutside(tenant: Tenant, caller: Caller, event: OutboxEvent, at: Date): Promise<void> {
  await tenant.insert('outbox_events', {
    id: idOf('evt', caller.commandId),
    type: event.type,
    pool_id: event.poolId ?? null,
    request_id: caller.requestId,
    created_at: at,
    data: JSON.stringify(event.data),
  });
}

// The table's trigger fills in what chains the record to its subject's last one.
const UNCHAINED = { seq: 0, previous: '', hash: '' };

/** Adds a record to the audit trail. @param at the tenant's time; a text is RFC 3339 */
export async function audit(
  tenant: Tenant,
  id: string,
  { actor, requestId: request_id }: Pick<Caller, 'actor' | 'requestId'>,
  entry: AuditEntry,
  at: Date | string,
): Promise<void> {
  await tenant.insert('audit_records', {
    id,
    pool_id: entry.poolId ?? null,
    subject_type: entry.subject.type,
    subject_id: entry.subject.id,
    at,
    actor,
    action: entry.action,
    request_id,
    data: JSON.stringify(entry.data),
    ...UNCHAINED,
  });
}

/**
 * A unique index or a deadlock: the loser starts over and finds what the winner has written, be it the same command or another
 * one that `work` then refuses as a duplicate.
 */
function metAnother(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === DEADLOCK || code === UNIQUE_VIOLATION;
}
