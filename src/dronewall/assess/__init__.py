"""Reports in, cited claims and one honest estimate out.

`run.assess` is the verb. On the way: `reports` (bytes to text), `furniture` (what in a page is no report), `language`
(the grammar), `extract` (sentence by sentence to claims; `elided` has figures without their noun, `whereabouts` and
`timing` where and when), `lineage` (documents and claims to roots), `conflicts`, `estimate` (the chain of factors),
`review` (what people decided), `report` (the page), `exports` (PROV-JSON, STIX 2.1).

To teach it a new turn of phrase: an article with its answers in `tests/assess/articles`, then the table in `language`.
"""
