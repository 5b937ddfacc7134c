import { OpsError } from '../core/errors.ts'
import { ownedShareFromRow, shareFromRow } from './rows.ts'
import { type SqlDatabase, write } from './sql-database.ts'
import { firstOwner } from './sql-deletion.ts'
import { isOwned } from './sql-history.ts'
import type { Share } from './store.ts'

/** See `OwnerStore.createShare`. */
export async function createShare(
  db: SqlDatabase,
  owner: string,
  { conversation, run, hash, expiresAt }: Share,
): Promise<void> {
  await write(db, () => {
    const created = db.all(
      `INSERT OR REPLACE INTO shares (hash, conversation, run, expires_at)
       SELECT ?, conversation, id, ? FROM runs WHERE conversation = ? AND id = ? AND ${isOwned}
       RETURNING hash`,
      hash,
      expiresAt,
      conversation,
      run,
      conversation,
      owner,
    )
    if (created.length === 0) throw new OpsError('not_found')
  })
}

/** See `OwnerStore.findShare`. */
export function findShare(
  db: SqlDatabase,
  owner: string,
  conversation: string,
  run: string,
): Share | undefined {
  const [row] = db.all(
    `SELECT * FROM shares WHERE conversation = ? AND run = ? AND ${isOwned}`,
    conversation,
    run,
    conversation,
    owner,
  )
  return row && shareFromRow(row)
}

/** See `OwnerStore.deleteShare`. */
export async function deleteShare(
  db: SqlDatabase,
  owner: string,
  conversation: string,
  run: string,
): Promise<void> {
  await write(db, () =>
    db.all(
      `DELETE FROM shares WHERE conversation = ? AND run = ? AND ${isOwned}`,
      conversation,
      run,
      conversation,
      owner,
    ),
  )
}

/** See `Store.findShare`. A conversation that is being deleted has no user. */
export function findShareOfLink(
  db: SqlDatabase,
  hash: string,
): (Share & { owner: string }) | undefined {
  const [row] = db.all(
    `SELECT shares.*, owner FROM shares JOIN conversations ON id = conversation
     WHERE hash = ? AND owner > ?`,
    hash,
    firstOwner,
  )
  return row && ownedShareFromRow(row)
}
