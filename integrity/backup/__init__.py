"""Backup and restore 备份与恢复 (design §5): one sealed file that both databases write and read.

sealing (encrypted, authenticated, cut nowhere) ← saving (rows, files, manifest) and restoring (checked, then written,
then verified against the newest checkpoint that somebody outside keeps). lines: rows as text, the same for both.
"""
