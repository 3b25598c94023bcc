"""Who is asked for models, prices and scores, when, and what is kept of the answers.

`sources` is who is asked and how that went, `schedule` when, `fetch` the asking itself; `conditional` asks
only for what changed, `fetch_round` is one round of it, `cache` where the answers are kept.
"""
