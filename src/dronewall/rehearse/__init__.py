"""The night before it comes: what flies (`populations`, `paths`), what the wall's sensors would have said of it
(`simulate`, `faults`), and what the watch would have made of that (`night`, `approver`, `outcome`).

A population's behaviour is one function in `routes.ROUTES`; to add one, write it and name it there. Paths are drawn
without knowing anything of the tracker or of the alert area's model. All randomness comes from the night's seed. A long
night is played in `pieces`.
"""
