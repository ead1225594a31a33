"""Erasure at work 删除的执行: which columns of which rows (plan), the act itself (act), what the files keep (storage).

Asked and decided in `integrity.erasures`; run by `manage.py erase_due` with the rights of the tables' owner, which no
process of the web has (docs/erasure.md).
"""
