from peewee import CharField

BEFORE = (
    ('ledgerposting_at', 'ledger_posting', ('at',)),
    ('ledgerposting_subject_kind_subject_id', 'ledger_posting', ('subject_kind', 'subject_id')),
    ('ledgerentry_account_id_free_at', 'ledger_entry', ('account_id', 'free_at')),
    ('notice_at', 'notice', ('at',)),
    ('ledgerentry_account_id_at', 'ledger_entry', ('account_id', 'at')),
    ('tip_giver_id_at', 'tip', ('giver_id', 'at')),
)
"""Indexes that cost every payment a page of the disk and that no question needs, or that others take the place of."""

AFTER = (
    ('ledgerentry_account_id_at_amount_free_at', 'ledger_entry', ('account_id', 'at', 'amount', 'free_at')),
    ('tip_giver_id_at_currency_amount_undone_at', 'tip', ('giver_id', 'at', 'currency', 'amount', 'undone_at')),
)
"""They hold all that is asked of a day, so that its rows are not looked up one by one."""


def up(migrator, db):
    migrator.migrate(migrator.add_column('wallet_setting', 'currency', CharField(max_length=8, default='')))
    _replace(migrator, BEFORE, AFTER)


def down(migrator, db):
    _replace(migrator, AFTER, BEFORE)
    migrator.migrate(migrator.drop_column('wallet_setting', 'currency'))


def _replace(migrator, old, new):
    for name, table, _ in old:
        migrator.migrate(migrator.drop_index(table, name))
    for name, table, columns in new:
        migrator.migrate(migrator.add_index(table, columns, False, name=name))
