from peewee import CharField


def up(migrator, db):
    migrator.migrate(migrator.add_column('wallet_setting', 'currency', CharField(max_length=8, default='')))
    migrator.migrate(migrator.drop_index('ledger_posting', 'ledgerposting_at'))


def down(migrator, db):
    migrator.migrate(migrator.add_index('ledger_posting', ('at',), False))
    migrator.migrate(migrator.drop_column('wallet_setting', 'currency'))
