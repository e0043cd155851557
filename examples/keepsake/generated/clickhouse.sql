-- Made by `cargo telemetry generate` from events.toml and events.lock; do not
-- edit it. telemetry-ingest runs these statements where it keeps events in
-- ClickHouse; a server before 20.10 gets no fsync, and before 19.6 no TTL.
-- What comes in goes into one table, and each event is read through the view
-- of its name.

CREATE DATABASE IF NOT EXISTS `keepsake`;

CREATE TABLE IF NOT EXISTS `keepsake`.`_events` (
    _event UInt16,
    _time DateTime('UTC'),
    _id UUID,
    _session FixedString(8),
    _v1 Nullable(Int64),
    _v2 Nullable(Int64),
    _v3 Nullable(Int64),
    _v4 Nullable(Int64),
    _v5 Nullable(Int64)
)
ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(_time)
ORDER BY (_event, _time, _id)
TTL _time + toIntervalDay(30)
SETTINGS old_parts_lifetime = 40, fsync_after_insert = 1, fsync_part_directory = 1;

-- Keepsake looked through a folder to see what a backup would take.
CREATE VIEW `keepsake`.`backup_planned` AS SELECT
    toString(_id) AS id,
    lower(hex(_session)) AS session_id,
    _time AS timestamp,
    concat(toString(intDiv(assumeNotNull(_v1), 1342177280) % 4096), '.', toString(intDiv(assumeNotNull(_v1), 1310720) % 1024), '.', toString(intDiv(assumeNotNull(_v1), 1280) % 1024), multiIf(intDiv(assumeNotNull(_v1), 256) % 5 = 0, '-dev', intDiv(assumeNotNull(_v1), 256) % 5 = 1, '-alpha', intDiv(assumeNotNull(_v1), 256) % 5 = 2, '-beta', intDiv(assumeNotNull(_v1), 256) % 5 = 3, '-rc', ''), if(assumeNotNull(_v1) % 256 = 0, '', concat('.', toString(assumeNotNull(_v1) % 256)))) AS `version`,
    CAST(intDiv(assumeNotNull(_v1), 1342177280) % 4096 AS UInt16) AS `version__major`,
    CAST(intDiv(assumeNotNull(_v1), 1310720) % 1024 AS UInt16) AS `version__minor`,
    CAST(intDiv(assumeNotNull(_v1), 1280) % 1024 AS UInt16) AS `version__patch`,
    CAST(intDiv(assumeNotNull(_v1), 256) % 5 AS Enum8('dev' = 0, 'alpha' = 1, 'beta' = 2, 'rc' = 3, 'stable' = 4)) AS `version__channel`,
    CAST(assumeNotNull(_v1) % 256 AS UInt8) AS `version__number`,
    CAST(assumeNotNull(_v2) AS Enum8('complete' = 0, 'partial' = 1, 'failed' = 2)) AS `outcome`,
    CAST(arrayFilter(_word -> _word != '', [if(bitTest(ifNull(_v3, 0), 0), 'documents', ''), if(bitTest(ifNull(_v3, 0), 1), 'pictures', ''), if(bitTest(ifNull(_v3, 0), 2), 'music', ''), if(bitTest(ifNull(_v3, 0), 3), 'programs', ''), if(bitTest(ifNull(_v3, 0), 4), 'other', '')]) AS Array(Enum8('documents' = 0, 'pictures' = 1, 'music' = 2, 'programs' = 3, 'other' = 4))) AS `contents`,
    CAST(assumeNotNull(_v4) AS UInt32) AS `files`,
    CAST(_v5 AS Nullable(UInt32)) AS `size_mib`
FROM `keepsake`.`_events` FINAL
WHERE _event = 1;

-- The newest file was compared with the computer's clock.
CREATE VIEW `keepsake`.`clock_compared` AS SELECT
    toString(_id) AS id,
    lower(hex(_session)) AS session_id,
    _time AS timestamp,
    CAST(assumeNotNull(_v1) AS Int8) AS `ahead_s`,
    CAST(_v2 AS Nullable(UInt8)) AS `trusted`
FROM `keepsake`.`_events` FINAL
WHERE _event = 2;

-- Keepsake was called without a folder and showed its help.
CREATE VIEW `keepsake`.`help_shown` AS SELECT
    toString(_id) AS id,
    lower(hex(_session)) AS session_id,
    _time AS timestamp
FROM `keepsake`.`_events` FINAL
WHERE _event = 3;
