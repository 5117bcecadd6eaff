-- Sites, their event logs, and the paths of their tracks.

CREATE TABLE site (
    site integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    key text NOT NULL UNIQUE,               -- drawn by the site; another one once its log forks
    name text NOT NULL,                     -- the wall's
    source text NOT NULL,                   -- what it listens to: its feeds, a recording, a simulated night
    exercise boolean NOT NULL,
    events bigint NOT NULL DEFAULT 0,       -- how far each was carried
    pieces bigint NOT NULL DEFAULT 0,
    drops bigint NOT NULL DEFAULT 0,
    head text,                              -- the head of the log, signed with the site's key
    heard_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX site_name ON site (name);

CREATE TABLE event (
    site integer NOT NULL REFERENCES site,
    seq bigint NOT NULL,
    time_ns bigint NOT NULL,
    kind text NOT NULL,
    actor text NOT NULL,
    payload text NOT NULL,                  -- canonical JSON, to the byte: the hash is over it
    hash bytea NOT NULL,
    PRIMARY KEY (site, seq)
);
CREATE INDEX event_kind ON event (site, kind, seq);
CREATE INDEX event_time ON event USING brin (time_ns);

CREATE FUNCTION event_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the event log is append-only' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER event_stays BEFORE UPDATE OR DELETE ON event FOR EACH ROW EXECUTE FUNCTION event_stays();
CREATE TRIGGER event_lasts BEFORE TRUNCATE ON event FOR EACH STATEMENT EXECUTE FUNCTION event_stays();

-- A row is at most 600 s of one track. A partition is a day of UTC, made when its first piece comes.
CREATE TABLE path (
    site integer NOT NULL,
    piece bigint NOT NULL,
    input bigint NOT NULL,
    track text NOT NULL,
    status text NOT NULL,
    label text,
    label_probability real,
    identity text,
    identity_status text NOT NULL,
    p_exists real NOT NULL,
    from_ns bigint NOT NULL,
    to_ns bigint NOT NULL,
    points geometry(GeometryZM, 4326) COMPRESSION lz4 NOT NULL,
    CHECK (to_ns >= from_ns AND to_ns - from_ns < 600000000000)
) PARTITION BY RANGE (from_ns);
CREATE INDEX path_points ON path USING gist (points);
CREATE INDEX path_track ON path (track, from_ns);
CREATE INDEX path_from ON path USING brin (from_ns) WITH (pages_per_range = 32);

-- A writer may make days and delete its own rows, without owning the tables.
CREATE FUNCTION make_day(at_ns bigint) RETURNS void LANGUAGE plpgsql SECURITY DEFINER SET search_path = dronewall, pg_temp AS $$
DECLARE
    day bigint := at_ns / 86400000000000;
    name text := 'path_' || to_char(to_timestamp(day * 86400) AT TIME ZONE 'UTC', 'YYYYMMDD');
BEGIN
    IF to_regclass('dronewall.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    PERFORM pg_advisory_xact_lock(7226179022);
    IF to_regclass('dronewall.' || name) IS NULL THEN
        EXECUTE format('CREATE TABLE dronewall.%I PARTITION OF dronewall.path FOR VALUES FROM (%s) TO (%s)',
                       name, day * 86400000000000, (day + 1) * 86400000000000);
    END IF;
END $$;

-- Whole days that end before a time: dropped where the site has them for itself, else its rows are deleted.
CREATE FUNCTION expire_days(of_site integer, before_ns bigint) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER SET search_path = dronewall, pg_temp AS $$
DECLARE
    part record;
    others boolean;
    gone bigint := 0;
    went bigint;
BEGIN
    FOR part IN SELECT inhrelid::regclass AS name, to_date(right(inhrelid::regclass::text, 8), 'YYYYMMDD') AS day
                FROM pg_inherits WHERE inhparent = 'dronewall.path'::regclass
    LOOP
        CONTINUE WHEN (part.day - date '1970-01-01' + 1)::bigint * 86400000000000 > before_ns;
        EXECUTE format('SELECT EXISTS (SELECT FROM %s WHERE site <> $1)', part.name) INTO others USING of_site;
        EXECUTE format('SELECT count(*) FROM %s WHERE site = $1', part.name) INTO went USING of_site;
        gone := gone + went;
        IF NOT others THEN
            EXECUTE format('DROP TABLE %s', part.name);
        ELSIF went > 0 THEN
            EXECUTE format('DELETE FROM %s WHERE site = $1', part.name) USING of_site;
        END IF;
    END LOOP;
    RETURN gone;
END $$;
REVOKE ALL ON FUNCTION make_day(bigint), expire_days(integer, bigint) FROM PUBLIC;

-- For maps and people: every piece with its site and its times.
CREATE VIEW track_path AS
SELECT s.name AS site_name, s.source, s.exercise, p.track, p.status, p.label, p.label_probability, p.identity,
       p.identity_status, p.p_exists, to_timestamp(p.from_ns / 1e9) AS begins, to_timestamp(p.to_ns / 1e9) AS ends, p.points
FROM path p JOIN site s USING (site);
