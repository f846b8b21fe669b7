"""The schema `ext`: extensions, the functions that sorting, searching and locking stand on."""

EXTENSIONS = ("pg_trgm", "unaccent", "btree_gin", "fuzzystrmatch")

SCHEMA = """
CREATE SCHEMA IF NOT EXISTS ext;
GRANT USAGE ON SCHEMA ext TO PUBLIC;
"""

# unaccent() counts as stable because its dictionary could change. Ours does not, and an index needs
# an immutable function. Declaring the C function itself so lets the planner inline what is built on it.
IMMUTABLE_UNACCENT = """
CREATE OR REPLACE FUNCTION ext.unaccent_fixed(regdictionary, text) RETURNS text
    LANGUAGE c IMMUTABLE PARALLEL SAFE STRICT AS '$libdir/unaccent', 'unaccent_dict';
"""

# Where a provider lets nobody declare C functions: the same, slower.
IMMUTABLE_UNACCENT_WRAPPED = """
CREATE OR REPLACE FUNCTION ext.unaccent_fixed(regdictionary, text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT RETURN ext.unaccent($1, $2);
"""

FUNCTIONS = """
-- Lower case without accents: Müller -> muller, Straße -> strasse, Łódź -> lodz, Ærø -> aero. Of ASCII, where
-- every letter is one byte, only the case is left to fold, at a fifth of the price. Not called strict, though
-- nothing comes of nothing: a strict function with a choice in it is never inlined, and costs thrice as much.
CREATE OR REPLACE FUNCTION ext.fold(text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN lower(CASE WHEN octet_length($1) = length($1) THEN $1
        ELSE ext.unaccent_fixed('ext.unaccent', normalize($1, NFKC)) END);

-- What rows are sorted by; the same in ORDER BY and in indexes. Cut, because a B-tree's entry is limited.
CREATE OR REPLACE FUNCTION ext.sort_key(text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    RETURN left(lower(CASE WHEN octet_length($1) = length($1) THEN $1
        ELSE ext.unaccent_fixed('ext.unaccent', normalize($1, NFKC)) END), 200);

-- What is searched in: folded, and where there are umlauts also as Germans spell them without
-- (Müller -> muller mueller), so that either way of writing finds the other.
CREATE OR REPLACE FUNCTION ext.search_key(text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN CASE WHEN normalize($1, NFKC) ~ '[äöüÄÖÜ]'
        THEN ext.fold($1) || ' ' || ext.fold(
            replace(replace(replace(lower(normalize($1, NFKC)), 'ä', 'ae'), 'ö', 'oe'), 'ü', 'ue'))
        ELSE ext.fold($1) END;

-- Dates and times of custom fields lie in JSON as ISO 8601 writes them, times in UTC with six decimals.
-- PostgreSQL's own reading of them depends on settings; an index needs one that does not.
CREATE OR REPLACE FUNCTION ext.as_date(text) RETURNS date
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN make_date(left($1, 4)::integer, substr($1, 6, 2)::integer, substr($1, 9, 2)::integer);
CREATE OR REPLACE FUNCTION ext.as_instant(text) RETURNS timestamptz
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN timezone('UTC', make_timestamp(
        left($1, 4)::integer, substr($1, 6, 2)::integer, substr($1, 9, 2)::integer,
        substr($1, 12, 2)::integer, substr($1, 15, 2)::integer, substr($1, 18, 9)::double precision));

-- Advisory locks share one space of numbers in a database. A tenant locks in its own part of it, by its role,
-- until its transaction ends, so it waits for nobody but itself and nobody waits for it.
CREATE OR REPLACE FUNCTION ext.hold(bigint) RETURNS void LANGUAGE sql SECURITY DEFINER
    BEGIN ATOMIC
        SELECT pg_catalog.pg_advisory_xact_lock(
            pg_catalog.hashtextextended(pg_catalog.current_setting('role'), $1));
    END;
CREATE OR REPLACE FUNCTION ext.try_hold(bigint) RETURNS boolean LANGUAGE sql SECURITY DEFINER
    BEGIN ATOMIC
        SELECT pg_catalog.pg_try_advisory_xact_lock(
            pg_catalog.hashtextextended(pg_catalog.current_setting('role'), $1));
    END;
"""
