"""Signing in 登录 (等级保护 身份鉴别): who may try, how long a session lasts, who needs a second factor."""
