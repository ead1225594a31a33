"""The second wall 第二道墙 (design §3, §7): the database itself refuses rows the application forgot to refuse.

On PostgreSQL: row-level security, with policies from the same attributes as the rule (`policies`), asked with who reads
(`marks`). On SQLite, which has nothing of the kind: a statement on a guarded table that carries no mark is refused by
the process that sends it. What each is worth stands in docs/second-wall.md.
"""
