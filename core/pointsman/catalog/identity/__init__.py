"""Which model a row of a list means.

`tokens` and `dates` cut a name, `parser` and `name` make its typed parts of them, `match` compares two names
part by part. `rows` is what a list writes of which model it means, `record` what that says of its name, and
`statistics` what today's lists have beside each other. `compare` compares two records with all of it, and
`date_rules` settles what only a date leaves open. `index` finds the rows that mean a model, `trace` shows how
a name was read and joined.
"""
