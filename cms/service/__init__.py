"""Services the public fills in 公众服务: requests for information and surveys. A process of its own in production,
because the public one reads and never writes (decision 0027)."""
