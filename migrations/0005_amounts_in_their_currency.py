from peewee import CharField

UNASKED = (
    ('ledgerposting_at', 'ledger_posting', ('at',)),
    ('ledgerentry_account_id_free_at', 'ledger_entry', ('account_id', 'free_at')),
    ('notice_at', 'notice', ('at',)),
)
"""Indexes that cost every payment a page of the disk and that no question needs."""


def up(migrator, db):
    migrator.migrate(migrator.add_column('wallet_setting', 'currency', CharField(max_length=8, default='')))
    for name, table, _ in UNASKED:
        migrator.migrate(migrator.drop_index(table, name))


def down(migrator, db):
    for name, table, columns in UNASKED:
        migrator.migrate(migrator.add_index(table, columns, False, name=name))
    migrator.migrate(migrator.drop_column('wallet_setting', 'currency'))
