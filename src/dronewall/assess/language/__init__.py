"""The grammar of reports: what a sentence says in figures, who says it, when, where, and how sure it sounds.

One file, one question. Each takes a sentence (and what was already found in it) and gives back spans with values:

- `sentences` where sentences and their clauses begin and end
- `numbers`   numerals, words, ranges, bounds and their hedges
- `units`     what is counted, of which class, per what (`things` and `phrase_ends` are its tables)
- `measures`  capacity, plan, goal, output, launched, shot down ... (`triggers` has their verbs and nouns); modality
              (`denials` has denial and retraction)
- `speakers`  who said it (`saying` has the words, `subjects` who speaks by a verb, `attributing` the shapes of sentences,
              `names` knows outlets from authorities); `voicing` which of them speaks at one place, and through whom it came
- `dates`     EDTF from an explicit anchor; without one, a relative date is unknown (`calendar_dates`, `date_parts` and
              `date_values` have the values, `edtf`; `whens` has nights and weeks that two expressions name)
- `places`    a gazetteer with the spellings in print (`gazetteer.tsv` by hand, `cities.tsv` from GeoNames)

English first. A new word goes into the table at the top of its file, with an article in `tests/assess/articles` that needs it.
Libraries were tried and failed on such texts (quantulum3 0.10.0 reads "3 to 4 million" as 2,000,001.5; dateparser 1.5.0
turns "in September" into the 7th), so numbers, rates, hedges and anchored dates are this project's own.
"""
