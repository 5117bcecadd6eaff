"""The watch: sources of scans, the desk that makes tracks and alerts of them, and the page that shows them to people.

    source --scans--> engine --> journal (inputs, durable) --> desk --> event log --> hub --> page
                        ^                                       |
                        `---- acts of people, by HTTP           `--> deliveries --> the authority's gateway

`engine.py` is the one thread that owns the desk. `app.py` is what HTTP and the WebSocket see of it, `sources/` is
where scans come from, `service.py` puts the parts together. Nothing here decides anything: the desk
(`dronewall.picture`) does, and a person does.
"""
