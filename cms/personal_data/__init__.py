"""Check of personal data 个人信息检查 (政府信息公开条例 15, 17): before a page is submitted, passed, published.

patterns (what a text holds) · names (whose names) · documents (text of files) · pieces (every text of a page, with its
place) · checking (findings of a page, against the reviewed list and the decisions kept).
"""
