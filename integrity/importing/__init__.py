"""Bulk import 批量导入: a spreadsheet, a profile, a preview, an import that accounts for every row.

`preview` shows what would happen, `run` does it, `resume` continues after a crash; see docs/import-profiles.md.
"""

from __future__ import annotations

from integrity.importing.profiles import Profile, built_in_profiles, load_profile, parse_profile
from integrity.importing.refusal import ImportRefused
from integrity.importing.runs import Preview, default_authority, preview, resume, run

__all__ = [
    "ImportRefused",
    "Preview",
    "Profile",
    "built_in_profiles",
    "default_authority",
    "load_profile",
    "parse_profile",
    "preview",
    "resume",
    "run",
]
