"""Requests for information 依申请公开 (信息公开条例 27–45): intake, handling, replying, clock, figures, deletion."""
