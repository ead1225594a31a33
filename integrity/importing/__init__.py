"""Bulk import 批量导入: a spreadsheet, a profile, a preview, an import that accounts for every row."""
