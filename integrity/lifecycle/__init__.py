"""The state machines 状态机 (design §4; domain §15): one engine, one table file a machine."""
