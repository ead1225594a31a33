"""A made-up province 演示数据: deterministic, looks like Qinghai, holds no real person."""
