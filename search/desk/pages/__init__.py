"""Pages of the desk 办案工具页面: below the address of the staff search, behind the same doors."""
