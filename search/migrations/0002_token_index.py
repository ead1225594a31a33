"""The token index: an FTS5 table on SQLite, a tsvector column with a GIN index on PostgreSQL."""

from django.db import migrations

# detail=none: the tokens of a document, not their places; phrases are checked on the folded text.
# The tokens are digits, letters and common Han characters only, so that every version of unicode61 agrees.
SQLITE = (
    "CREATE VIRTUAL TABLE search_token USING fts5("
    "tokens, tokenize='unicode61 remove_diacritics 0', detail=none, columnsize=0, prefix='2 3')"
)
POSTGRESQL = (
    "ALTER TABLE search_searchdocument ADD COLUMN vector tsvector",
    "CREATE INDEX search_document_vector ON search_searchdocument USING gin (vector)",
)


def create(apps, editor):
    for statement in (SQLITE,) if editor.connection.vendor == "sqlite" else POSTGRESQL:
        editor.execute(statement)


def drop(apps, editor):
    if editor.connection.vendor == "sqlite":
        editor.execute("DROP TABLE search_token")
    else:
        editor.execute("ALTER TABLE search_searchdocument DROP COLUMN vector")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
