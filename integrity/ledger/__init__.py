"""The ledger 存证账本 (design §5): history rows are leaves of an RFC 6962 tree, its checkpoints signed and published.

Two halves. `merkle`, `note`, `entry`, `erased`, `looking` and `verifier` know no Django: whoever holds an export, a
public key and one old checkpoint checks with them alone. `appending`, `tree`, `checkpoints` and `checking` keep and
check the tables.

entry (bytes of a leaf) → appending (in the writer's transaction) → tree (places) → checkpoints (signed, published).
"""
