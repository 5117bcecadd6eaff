"""A node among those of other nations: its identity, its own message server, and one line to each partner.

`identity` is a key and a certificate that partners pin; `server` runs nats-server; `line` carries frames both ways;
`sharing` is the thread that does it beside a watch. What may be in a frame is decided in `dronewall.picture.nations`.
"""
