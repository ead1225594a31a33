"""The inspector's desk 办案工具: batch check, search history, saved searches, watches, the folder of a case.

`holders` says who may use it and under which scope; each tool is one module of acts and one of `pages`. Everything is
bound to purpose and case as the search is, is visible to its owner alone, and ends with the case.
"""
