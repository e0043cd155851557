-- Made by `cargo telemetry generate` from events.toml and events.lock; do not
-- edit it. telemetry-ingest runs these statements where it keeps events in
-- ClickHouse; a server before 20.10 gets no fsync, and before 19.6 no TTL.
-- What comes in goes into one table, and each event is read through the view
-- of its name.

CREATE DATABASE IF NOT EXISTS `caro`;

CREATE TABLE IF NOT EXISTS `caro`.`_events` (
    _event UInt16,
    _time DateTime('UTC'),
    _id UUID,
    _session FixedString(8),
    _v1 Nullable(Int64),
    _v2 Nullable(Int64),
    _v3 Nullable(Int64),
    _v4 Nullable(Int64)
)
ENGINE = ReplacingMergeTree()
PARTITION BY toYYYYMM(_time)
ORDER BY (_event, _time, _id)
TTL _time + toIntervalDay(90)
SETTINGS old_parts_lifetime = 40, fsync_after_insert = 1, fsync_part_directory = 1;

-- Caro was started.
CREATE VIEW `caro`.`session_start` AS SELECT
    toString(_id) AS id,
    lower(hex(_session)) AS session_id,
    _time AS timestamp,
    concat(toString(intDiv(assumeNotNull(_v1), 1342177280) % 4096), '.', toString(intDiv(assumeNotNull(_v1), 1310720) % 1024), '.', toString(intDiv(assumeNotNull(_v1), 1280) % 1024), multiIf(intDiv(assumeNotNull(_v1), 256) % 5 = 0, '-dev', intDiv(assumeNotNull(_v1), 256) % 5 = 1, '-alpha', intDiv(assumeNotNull(_v1), 256) % 5 = 2, '-beta', intDiv(assumeNotNull(_v1), 256) % 5 = 3, '-rc', ''), if(assumeNotNull(_v1) % 256 = 0, '', concat('.', toString(assumeNotNull(_v1) % 256)))) AS `version`,
    CAST(intDiv(assumeNotNull(_v1), 1342177280) % 4096 AS UInt16) AS `version__major`,
    CAST(intDiv(assumeNotNull(_v1), 1310720) % 1024 AS UInt16) AS `version__minor`,
    CAST(intDiv(assumeNotNull(_v1), 1280) % 1024 AS UInt16) AS `version__patch`,
    CAST(intDiv(assumeNotNull(_v1), 256) % 5 AS Enum8('dev' = 0, 'alpha' = 1, 'beta' = 2, 'rc' = 3, 'stable' = 4)) AS `version__channel`,
    CAST(assumeNotNull(_v1) % 256 AS UInt8) AS `version__number`,
    CAST(assumeNotNull(_v2) AS Enum8('linux' = 0, 'macos' = 1, 'windows' = 2, 'freebsd' = 3, 'other' = 4)) AS `platform`,
    CAST(assumeNotNull(_v3) AS Enum8('bash' = 0, 'zsh' = 1, 'fish' = 2, 'sh' = 3, 'powershell' = 4, 'cmd' = 5, 'unknown' = 6)) AS `shell_type`,
    CAST(arrayFilter(_word -> _word != '', [if(bitTest(ifNull(_v4, 0), 0), 'static', ''), if(bitTest(ifNull(_v4, 0), 1), 'embedded', ''), if(bitTest(ifNull(_v4, 0), 2), 'mlx', ''), if(bitTest(ifNull(_v4, 0), 3), 'ollama', ''), if(bitTest(ifNull(_v4, 0), 4), 'vllm', ''), if(bitTest(ifNull(_v4, 0), 5), 'exo', ''), if(bitTest(ifNull(_v4, 0), 6), 'claude', '')]) AS Array(Enum8('static' = 0, 'embedded' = 1, 'mlx' = 2, 'ollama' = 3, 'vllm' = 4, 'exo' = 5, 'claude' = 6))) AS `backend_available`
FROM `caro`.`_events` FINAL
WHERE _event = 1;

-- Caro came to its end.
CREATE VIEW `caro`.`session_end` AS SELECT
    toString(_id) AS id,
    lower(hex(_session)) AS session_id,
    _time AS timestamp,
    CAST(assumeNotNull(_v1) AS UInt32) AS `duration_ms`,
    CAST(assumeNotNull(_v2) AS UInt8) AS `commands_generated`,
    CAST(assumeNotNull(_v3) AS UInt8) AS `commands_executed`
FROM `caro`.`_events` FINAL
WHERE _event = 2;

-- Caro turned a request into a command, or failed to.
CREATE VIEW `caro`.`command_generation` AS SELECT
    toString(_id) AS id,
    lower(hex(_session)) AS session_id,
    _time AS timestamp,
    CAST(assumeNotNull(_v1) AS Enum8('static' = 0, 'embedded' = 1, 'mlx' = 2, 'ollama' = 3, 'vllm' = 4, 'exo' = 5, 'claude' = 6)) AS `backend`,
    CAST(assumeNotNull(_v2) AS UInt32) AS `duration_ms`,
    CAST(assumeNotNull(_v3) AS UInt8) AS `success`,
    CAST(_v4 AS Nullable(Enum8('timeout' = 0, 'parse_error' = 1, 'generation_failed' = 2, 'backend_unavailable' = 3, 'invalid_request' = 4, 'config_error' = 5, 'internal_error' = 6, 'unsafe_command' = 7, 'validation_failed' = 8))) AS `error_category`
FROM `caro`.`_events` FINAL
WHERE _event = 3;

-- Caro judged how dangerous a command is.
CREATE VIEW `caro`.`safety_validation` AS SELECT
    toString(_id) AS id,
    lower(hex(_session)) AS session_id,
    _time AS timestamp,
    CAST(assumeNotNull(_v1) AS Enum8('safe' = 0, 'moderate' = 1, 'high' = 2, 'critical' = 3)) AS `risk_level`,
    CAST(assumeNotNull(_v2) AS Enum8('allowed' = 0, 'warned' = 1, 'blocked' = 2)) AS `action_taken`,
    CAST(_v3 AS Nullable(Enum8('destructive' = 0, 'filesystem_destruction' = 1, 'privilege_escalation' = 2, 'pipe_to_shell' = 3, 'data_exfiltration' = 4, 'recursive_operations' = 5))) AS `pattern_category`
FROM `caro`.`_events` FINAL
WHERE _event = 4;

-- A backend failed while it was at work.
CREATE VIEW `caro`.`backend_error` AS SELECT
    toString(_id) AS id,
    lower(hex(_session)) AS session_id,
    _time AS timestamp,
    CAST(assumeNotNull(_v1) AS Enum8('static' = 0, 'embedded' = 1, 'mlx' = 2, 'ollama' = 3, 'vllm' = 4, 'exo' = 5, 'claude' = 6)) AS `backend`,
    CAST(assumeNotNull(_v2) AS Enum8('model_load_failed' = 0, 'inference_failed' = 1, 'inference_timeout' = 2, 'parse_error' = 3, 'out_of_memory' = 4, 'not_found' = 5, 'connection_failed' = 6)) AS `error_category`,
    CAST(assumeNotNull(_v3) AS UInt8) AS `recoverable`
FROM `caro`.`_events` FINAL
WHERE _event = 5;
